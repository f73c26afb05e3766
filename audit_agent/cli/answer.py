"""`audit-agent answer`: a process owner's answer to an evidence request."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from audit_agent.domain.errors import BadInputError

if TYPE_CHECKING:
    from audit_agent.domain.evidence_request import EvidenceRequest, Reply
    from audit_agent.domain.ids import Person
    from audit_agent.handoff.decide import Submission
    from audit_agent.settings import Settings
    from audit_agent.store.database import Database


class UnreadableFileError(BadInputError):
    """The file given as an answer cannot be read."""


def answer(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="Like AUD-2026-0007/S03/1.")],
    text: Annotated[str, typer.Option("--text", help="The answer in words.")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="A file that answers it, at most 20 MB.")] = None,
    name: Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who answers, if not the user set.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Answer a question of an audit to you, or to somebody you stand in for. Answers are evidence, and final."""
    from audit_agent.cli.decide import refusal_of
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import open_audit
    from audit_agent.domain.ids import RequestId
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings
    from audit_agent.store.requests import EvidenceRequests

    settings = load_settings()
    person = as_person(settings.user if name is None else name)
    if not text.strip() and file is None:
        raise BadInputError("There is no answer.", "Add --text or --file.")
    with open_audit(settings, request.partition("/")[0]) as (database, _):
        asked = EvidenceRequests(database).status(RequestId(request)).request
        submission = asyncio.run(_submit(settings, database, _reply(settings, asked, person, text, file)))
    receipt = submission.receipt
    if as_json:
        answered = receipt.answer.value if receipt else "on its way"
        reply = submission.decision.model_dump(mode="json")
        print_json({"reply": reply, "answer": answered, "message": submission.message})
    refusal = refusal_of(receipt) if receipt else None
    if refusal is not None:
        raise refusal
    if not as_json:
        console().print(submission.message)


def _reply(settings: "Settings", request: "EvidenceRequest", person: "Person", text: str, file: Path | None) -> "Reply":
    from audit_agent.domain.evidence_request import Reply
    from audit_agent.domain.ids import DecisionId
    from audit_agent.handoff.attachments import attach
    from audit_agent.store.evidence import FolderEvidence

    evidence = FolderEvidence(settings.evidence_folder)
    return Reply(
        id=DecisionId(f"terminal-{uuid4()}"),
        request=request.id,
        audit=request.audit,
        person=person,
        text=text.strip(),
        file=attach(evidence, file.name, _content(file)) if file else None,
        surface="terminal",
        made_at=datetime.now(UTC),
    )


def _content(file: Path) -> bytes:
    from audit_agent.handoff.attachments import check_size

    try:
        check_size(file.stat().st_size)
        return file.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"{file} cannot be read: {error.strerror}.", "Check the path.") from error


async def _submit(settings: "Settings", database: "Database", reply: "Reply") -> "Submission[Reply]":
    from audit_agent.handoff.decide import submit
    from audit_agent.handoff.delivery import TemporalDelivery
    from audit_agent.handoff.standing import AttestedReplies
    from audit_agent.store.replies import Replies
    from audit_agent.temporal.client import connect

    delivery = AttestedReplies(TemporalDelivery(lambda: connect(settings)), database)
    return await submit(reply, Replies(database), delivery)
