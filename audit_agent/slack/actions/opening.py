"""Opening a modal at a click; Slack allows it for three seconds."""

from audit_agent.slack.blocks.modals import View
from audit_agent.slack.errors import SlackRefusedError
from audit_agent.slack.office import Office
from audit_agent.slack.payload import Body, channel_in, person_in
from audit_agent.slack.tell import tell


async def open_modal(office: Office, body: Body, view: View) -> None:
    """Open a modal, or say that it took too long."""
    try:
        await office.api.call("views.open", trigger_id=body.get("trigger_id", ""), view=view)
    except SlackRefusedError as error:
        if "trigger" not in error.code:
            raise
        text = "That took too long for Slack. Nothing was decided; please press the button again."
        await tell(office.api, person_in(body), channel_in(body), text)
