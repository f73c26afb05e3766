"""The deadly worker where a model reads documents and rules do the rest: every paid call is a document's."""

from dataclasses import replace

from audit_agent import bootstrap
from audit_agent.settings import load_settings
from audit_agent.temporal.process import leave
from audit_agent.temporal.worker import Work, run_worker
from tests.chaos.deadly_worker import DeadlyEvidence, deadly

if __name__ == "__main__":
    settings = load_settings()
    usual = bootstrap.work(settings)
    wired = bootstrap.services(settings)
    deadly_services = replace(wired, analyst=wired.rules, evidence=DeadlyEvidence(settings.evidence_folder))
    activities = [deadly(method) for method in bootstrap.activities(deadly_services)]
    run_worker(settings, work=Work(activities, usual.companions, usual.close, usual.interceptors))
    leave()
