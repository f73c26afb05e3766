"""Agreeing with people on a draft: review it, and redraft it with their comments until they approve or reject."""

from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar

from audit_agent.activities.contract import Activity, Draft, Redraft
from audit_agent.domain.audit import AuditRequest, Phase
from audit_agent.domain.ids import Person
from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Outcome
from audit_agent.workflows.call import call
from audit_agent.workflows.desk import DecisionDesk
from audit_agent.workflows.gate import hold_review
from audit_agent.workflows.stop import AuditStoppedError

MAX_ROUNDS = 20
"""Versions of one subject before the audit stops; keeps history far below the server's limits."""

Input = TypeVar("Input", bound=Redraft)
Drafted = TypeVar("Drafted", bound=Draft)

Enter = Callable[[Phase, str], Awaitable[None]]
"""Shows everywhere which phase the audit is in, with a detail."""


class Stage(NamedTuple):
    """A gate, and the phases before and at it."""

    gate: Gate
    drafting: Phase
    reviewing: Phase


PLANNING = Stage(Gate.PLAN, Phase.PLANNING, Phase.PLAN_REVIEW)
CONCLUDING = Stage(Gate.FINDINGS, Phase.CONCLUDING, Phase.FINDINGS_REVIEW)
REMEDIATING = Stage(Gate.REMEDIATION, Phase.REMEDIATING, Phase.REMEDIATION_REVIEW)
REPORTING = Stage(Gate.REPORT, Phase.REPORTING, Phase.REPORT_REVIEW)


class Agreed(NamedTuple, Generic[Drafted]):
    """What people agreed to, or why they rejected it."""

    gate: Gate
    draft: Drafted
    rejection: str = ""

    @property
    def rejected(self) -> bool:
        """Whether people said no; nobody may without a reason."""
        return bool(self.rejection)

    def or_stop(self) -> Drafted:
        """The draft; raises AuditStoppedError when it was rejected."""
        if self.rejected:
            subject = f"The {self.gate.value} {self.gate.past_verb}"
            raise AuditStoppedError(Phase.REJECTED, f"{subject} rejected: {self.rejection}")
        return self.draft


class Agreement:
    """How one audit comes to agree with people, gate after gate."""

    def __init__(self, request: AuditRequest, desk: DecisionDesk, enter: Enter) -> None:
        self._request = request
        self._desk = desk
        self._enter = enter

    async def on(
        self,
        stage: Stage,
        activity: Activity[Input, Drafted],
        first: Input,
        before_redraft: Callable[[Input], Awaitable[Input]] | None = None,
    ) -> Agreed[Drafted]:
        """Draft, review, and redraft until people approve or reject; a gate the programme lacks needs no review.

        `before_redraft` does what the comments ask for besides a new draft, and adds it to what is drafted from.

        Raises AuditStoppedError when nobody decides in time, or no version finds agreement.
        """
        task = first
        preparers: tuple[Person, ...] = ()
        for version in range(1, MAX_ROUNDS + 1):
            await self._enter(stage.drafting, f"version {version}")
            draft = await call(activity, task, summary=f"version {version}")
            if draft.nothing_to_decide or stage.gate not in self._request.program.gates:
                return Agreed(stage.gate, draft)
            await self._enter(stage.reviewing, draft.title)
            settled = await hold_review(self._request, self._desk, stage.gate, version, draft, preparers)
            match settled.outcome:
                case Outcome.APPROVED:
                    return Agreed(stage.gate, draft)
                case Outcome.CHANGES_REQUESTED:
                    changes = {"version": version + 1, "previous": draft.digest, "comments": (settled.reason,)}
                    task = first.model_copy(update=changes)
                    task = await before_redraft(task) if before_redraft else task
                    preparers += (settled.by,) if settled.by else ()
                case Outcome.REJECTED:
                    return Agreed(stage.gate, draft, settled.reason)
                case _:
                    raise AuditStoppedError(Phase.EXPIRED, f"Nobody decided the {stage.gate.value} in time.")
        raise AuditStoppedError(Phase.REJECTED, f"{MAX_ROUNDS} versions of the {stage.gate.value} found no agreement.")
