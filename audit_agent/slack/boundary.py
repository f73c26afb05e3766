"""The boundary of every listener: what fails in it is recorded without what it carried, and nobody is left guessing.

Bolt's own error handler cannot do this: an error right after the acknowledgement makes it forget the acknowledgement.
"""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck
from slack_bolt.response import BoltResponse

from audit_agent.domain.errors import AuditAgentError
from audit_agent.slack.blocks.text import escape
from audit_agent.slack.inbound import MalformedRequestError
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, channel_in, person_in
from audit_agent.slack.tell import tell

Listener = Callable[[AsyncAck, Body], Awaitable[None]]

_logger = logging.getLogger(__name__)


def guarded(office: Office, listener: Listener) -> Listener:
    """The listener, with its failures recorded, and told to whoever clicked if Slack was told that all is well."""

    async def run(ack: AsyncAck, body: Body) -> None:
        try:
            await listener(ack, body)
        # The process boundary of a listener: whatever it is, it is recorded and answered.
        except Exception as error:
            record(error)
            if ack.response is None:
                is_malformed = isinstance(error, MalformedRequestError)
                ack.response = BoltResponse(status=400 if is_malformed else 500, body="")
            else:
                await _apologise(office, body, error)

    return run


def record(error: Exception) -> None:
    """Log what kind of failure it was and where; messages of ours carry no names, others might."""
    if isinstance(error, AuditAgentError):
        _logger.warning("A listener failed: %s", type(error).__name__)
        return
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "an unknown place"
    _logger.error("A listener failed: %s at %s", type(error).__name__, place)


async def _apologise(office: Office, body: Body, error: Exception) -> None:
    words = error.message if isinstance(error, AuditAgentError) else "Something unexpected happened; it is in the log."
    try:
        await tell(office.api, person_in(body), channel_in(body), escape(f"That did not work. {words}"))
    except AuditAgentError as failure:
        record(failure)
