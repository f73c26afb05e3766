"""A submitted modal becomes a reply to an evidence request, its file evidence, and whoever sent it is told."""

import asyncio

from audit_agent.domain.errors import BadInputError, NotFoundError
from audit_agent.domain.evidence_request import Attachment, EvidenceRequest, Reply
from audit_agent.handoff.attachments import LARGEST, attach, check_size
from audit_agent.handoff.decide import submit
from audit_agent.handoff.standing import Directory, not_asked
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.contents import ToAnswer
from audit_agent.slack.deciding import SURFACE, Told, decision_id
from audit_agent.slack.errors import SlackRefusedError
from audit_agent.slack.office import Office
from audit_agent.slack.tell import with_names
from audit_agent.store.clicks import Click
from audit_agent.store.replies import Replies
from audit_agent.store.requests import EvidenceRequests


async def answer(office: Office, click: Click) -> Told:
    """Hand an answer to its audit; raises what the store raises, and SlackAwayError while a file cannot be had."""
    if known := await receipt_of(office, click):
        return known
    content = ToAnswer.model_validate_json(click.content)
    replies = Replies(office.database)
    try:
        status = await asyncio.to_thread(EvidenceRequests(office.database).status, content.request)
        # A process that died may have kept it: then neither the file nor who stands in for whom is asked for again.
        reply = await asyncio.to_thread(replies.kept, decision_id(click))
        if reply is None:
            reply = _reply(status.request, content, click)
            directory = Directory(office.database, office.people)
            # Nothing of somebody who is not asked becomes evidence.
            if refusal := await not_asked(directory, status.request, reply):
                return Told(with_names(refusal, status.request.owner, click.person), final=True)
            if content.file:
                reply = reply.model_copy(update={"file": await _attachment(office, content.file)})
    except (NotFoundError, BadInputError) as error:
        return Told(f"Not taken. {escape(str(error))}", final=True)
    except SlackRefusedError as error:
        return Told(f"Not taken: Slack does not give the file ({escape(error.code)}). Send it again.", final=True)
    submission = await submit(reply, replies, office.replies, office.clock)
    office.changed.set()
    if submission.receipt is None:
        return Told(with_names(submission.message), final=False)
    return Told(with_names(submission.receipt.message, status.request.owner, click.person), final=True)


async def receipt_of(office: Office, click: Click) -> Told | None:
    """What the audit said to an answer that was on its way; None while it said nothing."""
    receipt = await asyncio.to_thread(Replies(office.database).receipt, decision_id(click))
    return Told(with_names(receipt.message, click.person), final=True) if receipt else None


async def _attachment(office: Office, file: str) -> Attachment:
    known = (await office.api.ask("files.info", file=file))["file"]
    check_size(int(known.get("size") or 0))
    content = await office.api.download(str(known.get("url_private") or ""), LARGEST)
    return await asyncio.to_thread(attach, office.evidence, str(known.get("name") or file), content)


def _reply(request: EvidenceRequest, content: ToAnswer, click: Click) -> Reply:
    return Reply(
        id=decision_id(click),
        request=request.id,
        audit=request.audit,
        person=click.person,
        text=content.text,
        surface=SURFACE,
        made_at=click.received_at,
    )
