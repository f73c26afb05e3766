"""Tests that are queries, tried before people see the plan: what cannot run is left out with the reason."""

from audit_agent.domain.books import BooksManifest
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.period import Period
from audit_agent.domain.plan import OmittedProcedure, Plan, PlanStep
from audit_agent.domain.query_test import QueryTest
from audit_agent.domain.wording import counted
from audit_agent.investigating.sandbox import QueryLimits, query_runner
from audit_agent.procedures.queried import RunQuery, query_rows

_TRIAL = QueryLimits(seconds=10, rows=1_000)


def with_tried_queries(plan: Plan, manifest: BooksManifest, evidence: Evidence, period: Period | None) -> Plan:
    """The plan with every query tried, and without those that are refused, fail, or flag no row of their table."""
    run = query_runner(manifest, evidence, period, _TRIAL)
    steps: list[PlanStep] = []
    omitted = list(plan.omitted)
    for step in plan.steps:
        if step.query is None:
            steps.append(step)
            continue
        try:
            tried = _tried(step.query, run)
        except AuditAgentError as error:
            omitted.append(OmittedProcedure(procedure=step.procedure, reason=f"{step.title}: {error}"))
        else:
            steps.append(step.model_copy(update={"query": step.query.model_copy(update={"tried": tried})}))
    gone = {step.id for step in plan.steps} - {step.id for step in steps}
    kept = (
        step.model_copy(update={"depends_on": tuple(id_ for id_ in step.depends_on if id_ not in gone)})
        for step in steps
    )
    return plan.model_copy(update={"steps": tuple(kept), "omitted": tuple(omitted)})


def _tried(test: QueryTest, run: RunQuery) -> str:
    rows = run(test.sql)
    query_rows(test, rows)
    return f"more than {_TRIAL.rows:,} rows" if len(rows) > _TRIAL.rows else counted(len(rows), "row")
