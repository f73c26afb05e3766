"""A conversation in a workspace that is not there: one member asks for an audit, another approves; all of it aloud."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from audit_agent.domain.ids import AuditId
from audit_agent.slack.blocks.modals import BOOKS, CHANNEL, PROGRAM
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.rehearsal.cards import as_text
from audit_agent.slack.rehearsal.clicking import Delivery, button_of, command, interaction, press, signed, submission
from audit_agent.slack.rehearsal.workspace import Said, Workspace

ROOM = "C0REHEARSAL"
SECRET = "rehearsal"
PEOPLE = {"U0ALEX": "alex", "U0SAM": "sam", "U0AUDITBOT": "audit-agent", "C0REHEARSAL": "audits"}
REQUESTER, REVIEWER = "U0ALEX", "U0SAM"
LOOK_EVERY_SECONDS = 0.1
QUIET_SECONDS = 3.0

Deliver = Callable[[Delivery], Awaitable[None]]
Say = Callable[[str], None]


def workspace_of_two() -> Workspace:
    """A workspace with the two of them in one channel."""
    workspace = Workspace()
    for user in (REQUESTER, REVIEWER):
        workspace.join(user, ROOM)
    return workspace


class Conversation:
    """Plays both people and reads out what the app writes."""

    def __init__(self, workspace: Workspace, deliver: Deliver, say: Say) -> None:
        self._workspace = workspace
        self._deliver = deliver
        self._say = say
        self._read: dict[tuple[str, str], list[str]] = {}
        self._pressed: set[str] = set()

    async def ask_for_audit(self, program: str, books: str) -> AuditId:
        """Use `/audit start`, fill in the modal, and return the id the app answers with."""
        self._say("#audits  @alex: /audit start")
        fields = command(self._workspace, "start", REQUESTER, ROOM)
        await self._deliver(signed(urlencode(fields).encode(), SECRET))
        view = await self._until(lambda: self._modal(Modal.START))
        self._say(f"          [{view['title']['text']}]  Programme: {program}  Books: {books}")
        values = {
            PROGRAM: {"selected_option": {"value": program}},
            BOOKS: books,
            CHANNEL: {"selected_conversation": ROOM},
        }
        await self._deliver(interaction(submission(view, values, REQUESTER), SECRET))
        said: Said = await self._until(self._with_an_id)
        found = re.search(r"AUD-\d{4}-\d+", said.text)
        assert found, "the answer names the audit"
        return AuditId(found[0])

    async def run(self, stop: asyncio.Event) -> None:
        """Read out and approve until told to stop; what is left to read is read then."""
        while not stop.is_set():
            self._read_out()
            await self._approve()
            try:
                await asyncio.wait_for(stop.wait(), LOOK_EVERY_SECONDS)
            except TimeoutError:
                continue
        await self._read_to_the_end()

    async def _read_to_the_end(self) -> None:
        """What happened last is written within seconds; then nothing more comes."""
        loop = asyncio.get_running_loop()
        give_up, quiet_since = loop.time() + 20, loop.time()
        while loop.time() < min(give_up, quiet_since + QUIET_SECONDS):
            known = dict(self._read)
            self._read_out()
            if known != self._read:
                quiet_since = loop.time()
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _read_out(self) -> None:
        """Say what is new; of a message that changed only the lines that did."""
        for said in [*self._workspace.messages, *self._workspace.private]:
            place = (said.channel, said.ts)
            before = self._read.get(place)
            shown = as_text(said.blocks, PEOPLE) if said.blocks else as_text([_as_block(said.text)], PEOPLE)
            if before == shown or (before is not None and said.thread_ts):
                continue
            self._say(_where(said, before is not None))
            for line in shown:
                if before is None or line not in before:
                    self._say(f"          {line}")
            self._read[place] = shown
        for name, file in list(self._workspace.files.items()):
            if file.channel and ("file", name) not in self._read:
                self._say(f"#audits  audit-agent shares {file.name} ({len(file.content):,} bytes)")
                self._read["file", name] = [file.name]

    async def _approve(self) -> None:
        for said in list(self._workspace.messages):
            try:
                value = button_of(said.blocks, Action.APPROVE)["value"]
            except LookupError:
                continue
            if value in self._pressed:
                continue
            self._pressed.add(value)
            self._say("#audits  @sam presses [Approve]")
            await self._deliver(interaction(press(self._workspace, said, Action.APPROVE, REVIEWER), SECRET))

    def _modal(self, callback: str) -> dict[str, Any] | None:
        return next((view for view in self._workspace.views.values() if view["callback_id"] == callback), None)

    def _with_an_id(self) -> Said | None:
        heard = [*self._workspace.private, *(one for one in self._workspace.messages if one.channel != ROOM)]
        return next((said for said in heard if "AUD-" in said.text), None)

    async def _until(self, look: Callable[[], Any]) -> Any:
        async with asyncio.timeout(30):
            while not (found := look()):
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        return found


def _as_block(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _where(said: Said, known: bool) -> str:
    if said.to is not None or said.channel.startswith("D"):
        return f"only to @{PEOPLE.get(said.to or f'U{said.channel[1:]}', 'somebody')}  audit-agent:"
    if said.thread_ts:
        return "#audits, in the thread  audit-agent:"
    return f"#audits  audit-agent {'changes its message' if known else 'writes'}:"
