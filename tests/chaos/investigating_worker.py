"""The deadly worker where a model investigates and rules do the rest: every paid call is a turn."""

from dataclasses import replace
from typing import Any

from audit_agent import bootstrap
from audit_agent.llm.analyst import Analyst
from audit_agent.settings import load_settings
from audit_agent.temporal.process import leave
from audit_agent.temporal.worker import Work, run_worker
from tests.chaos.deadly_worker import DeadlyEvidence, deadly


class OnlyInvestigates:
    """A model's analyst for turns, the rules for everything else."""

    def __init__(self, model: Analyst, rules: Analyst) -> None:
        self._model, self._rules = model, rules

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model if name in ("investigate", "close") else self._rules, name)


if __name__ == "__main__":
    settings = load_settings()
    usual = bootstrap.work(settings)
    wired = bootstrap.services(settings)
    analyst: Any = OnlyInvestigates(wired.analyst, wired.rules)
    evidence = DeadlyEvidence(settings.evidence_folder)
    activities = [deadly(method) for method in bootstrap.activities(replace(wired, analyst=analyst, evidence=evidence))]
    run_worker(settings, work=Work(activities, usual.companions, usual.close, usual.interceptors))
    leave()
