"""What Slack shows of a subject, item by item."""

from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import Plan, PlanStep
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import canonical_json
from audit_agent.slack.subjects import items_of
from audit_agent.store.evidence import FolderEvidence
from tests.peers.audit_samples import MATERIALITY


def test_a_plans_card_says_which_steps_are_investigated(evidence: FolderEvidence) -> None:
    plain = PlanStep(id=StepId("S01"), procedure="JE-02", title="Balance", risk="R1", why="They must.", parameters={})
    marked = plain.model_copy(update={"id": StepId("S02"), "investigate": True, "inquiry": "Who signed?"})
    plan = Plan(version=1, program="p", summary="Two.", materiality=MATERIALITY, steps=(plain, marked), drafted_by="x")

    shown = items_of(evidence, Gate.PLAN, evidence.put(canonical_json(plan)))

    said = {item.title: item.text for item in shown}
    assert "investigated" not in said["S01 JE-02 Balance"]
    assert "What it flags is investigated before findings are drafted. Who signed?" in said["S02 JE-02 Balance"]
