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
    from audit_agent.domain.evidence_request import LONGEST_TEXT
    from audit_agent.domain.ids import RequestId
    from audit_agent.handoff.identity import as_person
    from audit_agent.settings import load_settings
    from audit_agent.store.requests import EvidenceRequests

    settings = load_settings()
    person = as_person(settings.user if name is None else name)
    if not text.strip() and file is None:
        raise BadInputError("There is no answer.", "Add --text or --file.")
    if len(text.strip()) > LONGEST_TEXT:
        raise BadInputError(
            f"The answer has {len(text.strip()):,} characters; at most {LONGEST_TEXT:,} are taken.",
            "Shorten it, or give it as a file with --file.",
        )
    with open_audit(settings, request.partition("/")[0]) as (database, _):
        asked = EvidenceRequests(database).status(RequestId(request)).request
        submission = asyncio.run(_answered(settings, database, asked, _reply(asked, person, text), file))
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


def _reply(request: "EvidenceRequest", person: "Person", text: str) -> "Reply":
    from audit_agent.domain.evidence_request import Reply
    from audit_agent.domain.ids import DecisionId

    return Reply(
        id=DecisionId(f"terminal-{uuid4()}"),
        request=request.id,
        audit=request.audit,
        person=person,
        text=text.strip(),
        surface="terminal",
        made_at=datetime.now(UTC),
    )


async def _answered(
    settings: "Settings", database: "Database", request: "EvidenceRequest", reply: "Reply", file: Path | None
) -> "Submission[Reply]":
    from audit_agent.cli.decide import NotYoursError
    from audit_agent.handoff.attachments import attach
    from audit_agent.handoff.standing import Directory, not_asked
    from audit_agent.store.evidence import FolderEvidence

    if file is not None:
        # Nothing of somebody who is not asked becomes evidence.
        if refusal := await not_asked(Directory(database), request, reply):
            raise NotYoursError(refusal, "Give --as NAME if somebody else answers here.")
        attachment = attach(FolderEvidence(settings.evidence_folder), file.name, _content(file))
        reply = reply.model_copy(update={"file": attachment})
    return await _submit(settings, database, reply)


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
