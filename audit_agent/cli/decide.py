"""`approve`, `reject`, `request-changes` and `undo`: a person's word on what waits at a gate."""

from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument
from audit_agent.domain.errors import AuditAgentError, BadInputError, NotFoundError, RefusedError
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import short
from audit_agent.domain.review import Answer, Verdict

if TYPE_CHECKING:
    from audit_agent.domain.ids import AuditId
    from audit_agent.domain.review import Decision, Receipt, Review
    from audit_agent.handoff.decide import Submission
    from audit_agent.store.database import Database

GateArgument = Annotated[Gate, typer.Argument(metavar="GATE", help="plan, budget, findings, remediation or report.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for those who act on it.")]
DigestOption = Annotated[
    str | None, typer.Option("--digest", metavar="PREFIX", help="Decide only if this is still what is shown.")
]
AsOption = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who decides, if not the user set.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]

_FEWEST_DIGITS = 4


class NothingToDecideError(NotFoundError):
    """No review of that gate was ever opened."""


class NotWhatWasSeenError(AuditAgentError):
    """What waits is not what the person insists on having seen."""


class DecisionNotTakenError(AuditAgentError):
    """The audit did not take a decision: too late, or about something else by now."""


class NotYoursError(RefusedError):
    """The policy does not let this person decide here."""


class UndoTooLateError(RefusedError):
    """The policy lets nobody take back this decision any more."""


class ReasonMissingError(BadInputError):
    """A rejection or a request for changes says nothing to act on."""


def approve(
    audit: AuditArgument,
    gate: GateArgument,
    reason: ReasonOption = "",
    digest: DigestOption = None,
    name: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve what waits at a gate. The approval holds for exactly what is shown, named by its digest."""
    _decide(audit, gate, Verdict.APPROVE, reason, digest, name, as_json)


def reject(
    audit: AuditArgument,
    gate: GateArgument,
    reason: ReasonOption,
    digest: DigestOption = None,
    name: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reject what waits at a gate. The audit stops and undoes what it did; rejected holds are only not placed."""
    _decide(audit, gate, Verdict.REJECT, reason, digest, name, as_json)


def request_changes(
    audit: AuditArgument,
    gate: GateArgument,
    reason: ReasonOption,
    digest: DigestOption = None,
    name: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send it back: the reason says what should change, and a new version is drafted and reviewed.

    A budget is shown again with another amount for "raise to 50"; for any other reason the audit finishes without a
    model.
    """
    _decide(audit, gate, Verdict.REQUEST_CHANGES, reason, digest, name, as_json)


def undo(
    audit: AuditArgument,
    gate: GateArgument,
    name: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take back your own decision, as long as the policy's undo window is open. The review is open again then."""
    _decide(audit, gate, Verdict.UNDO, "", None, name, as_json)


def _decide(
    audit: str, gate: Gate, verdict: Verdict, reason: str, digest: str | None, name: str | None, as_json: bool
) -> None:
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.signing import sign
    from audit_agent.cli.store import open_audit
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings

    settings = load_settings()
    person = as_person(settings.user if name is None else name)
    with open_audit(settings, audit) as (database, known):
        review = _waiting(database, known, gate, digest)
        if not as_json:
            shown = f"{review.gate.value} {review.round} of {review.audit}, digest {short(review.subject)}"
            console().print(f"{person}: {verdict.value} {shown}")
        submission = sign(settings, database, review, verdict, reason, person)
    if as_json:
        print_json(_as_data(submission))
    elif submission.receipt is None or not refusal_of(submission.receipt, verdict):
        console().print(submission.message)
    if submission.receipt is not None and (refusal := refusal_of(submission.receipt, verdict)):
        raise refusal


def _waiting(database: "Database", audit: "AuditId", gate: Gate, digest: str | None) -> "Review":
    """The latest review of the gate. One that has ended is decided on all the same: the answer says it is too late."""
    from audit_agent.store.reviews import Reviews

    review = Reviews(database).current(audit, gate)
    if review is None:
        raise NothingToDecideError(
            f"No review of the {gate.value} of {audit} was opened yet.",
            f"`audit-agent reviews {audit}` shows what waits for a decision.",
        )
    if digest is not None and len(digest) < _FEWEST_DIGITS:
        raise BadInputError(f"{digest!r} is too short to name a digest.", f"Give at least {_FEWEST_DIGITS} digits.")
    if digest is not None and not review.subject.startswith(digest.lower()):
        raise NotWhatWasSeenError(
            f"What is shown now is {short(review.subject)}, not {digest}.",
            f"Look again with `audit-agent reviews {audit} --full`, then decide.",
        )
    return review


def _as_data(submission: "Submission[Decision]") -> dict[str, object]:
    answer = submission.receipt.answer.value if submission.receipt else "on its way"
    return {
        "decision": submission.decision.model_dump(mode="json"),
        "answer": answer,
        "message": submission.message,
        "outcome": submission.receipt.outcome if submission.receipt else None,
    }


def refusal_of(receipt: "Receipt", verdict: Verdict | None = None) -> AuditAgentError | None:
    """The error that says why the audit did not take it; None when it did."""
    match receipt.answer:
        case Answer.RECORDED | Answer.DUPLICATE:
            return None
        case Answer.NOT_YOURS:
            return NotYoursError(receipt.message, "Give --as NAME if somebody else decides here.")
        case Answer.REASON_MISSING:
            return ReasonMissingError(receipt.message, "Add --reason.")
        case Answer.TOO_LATE if verdict is Verdict.UNDO:
            return UndoTooLateError(receipt.message)
        case Answer.STALE | Answer.TOO_LATE:
            return DecisionNotTakenError(receipt.message)
