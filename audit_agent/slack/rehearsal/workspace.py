"""A workspace that is not there: its people, channels, messages and modals."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from audit_agent.slack.manifest import scopes
from audit_agent.slack.rehearsal.limits import message_error, view_error

TEAM, BOT = "T0REHEARSE", "U0AUDITBOT"
TRIGGER_SECONDS = 3.0
Answer = dict[str, Any]


class WorkspaceError(Exception):
    """What Slack answers with `ok: false`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooManyRequestsError(Exception):
    """What Slack answers with 429."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Retry-After {seconds}")
        self.seconds = seconds


@dataclass
class Said:
    """A message in a channel, with everything it showed before."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    to: str | None = None
    """Set for what only one person sees."""
    before: list[list[dict[str, Any]]] = field(default_factory=list)
    at: float = 0.0
    changed_at: float = 0.0
    """When it was last updated."""


@dataclass
class File:
    """An uploaded file; shared once it has a channel."""

    name: str
    content: bytes = b""
    channel: str | None = None
    thread_ts: str | None = None
    promised: tuple[str, str | None] | None = None
    """The channel and thread it is to be shared in, once the upload is complete."""
    given: bool = False
    """Whether a person put it into a file input."""
    url: str = ""
    """Where it lies if not on the workspace's own server."""
    moved_to: str = ""
    """Where its place redirects to."""
    size: int | None = None
    """What Slack says of its size, if not the truth."""


class Workspace:
    """Everything Slack would keep. One message a second goes to a channel; what comes sooner is refused."""

    def __init__(self, clock: Callable[[], float] = time.time, trigger_seconds: float = TRIGGER_SECONDS) -> None:
        self.clock = clock
        self.trigger_seconds = trigger_seconds
        self.users: dict[str, Answer] = {}
        self.groups: dict[str, list[str]] = {}
        self.channels: dict[str, set[str]] = {}
        self.messages: list[Said] = []
        self.private: list[Said] = []
        self.views: dict[str, Answer] = {}
        self.homes: dict[str, Answer] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, float] = {}
        self.calls: list[str] = []
        self.refuse: dict[str, list[Exception]] = {}
        """What to answer the next calls of a method with, instead of doing it."""
        self.shares_late = False
        """Whether a completed upload is shared only with `share_promised`."""
        self.scopes = set(scopes())
        """What the app may do: what its manifest asks for."""
        self.last_message: dict[str, float] = {}
        self._count = 0

    def join(self, user: str, *channels: str, **about: Any) -> str:
        """Let somebody in; `about` is what `users.info` says besides."""
        profile = {"email": f"{user.lower()}@example.com"}
        self.users[user] = {"id": user, "team_id": TEAM, "tz": "Europe/Berlin", "profile": profile, **about}
        for channel in channels:
            self.channels.setdefault(channel, {BOT}).add(user)
        return user

    def trigger(self) -> str:
        """A trigger id as a click makes one."""
        name = f"trigger.{self._next()}"
        self.triggers[name] = self.clock()
        return name

    def give(self, name: str, content: bytes, **about: Any) -> Answer:
        """What a file input holds once somebody has put a file into it; `about` is more of `File`."""
        id_ = f"F{self._next()}"
        self.files[id_] = File(name, content, given=True, **about)
        return {"type": "file_input", "files": [{"id": id_, "name": name}]}

    def message(self, channel: str, ts: str) -> Said:
        """A message by its place; raises WorkspaceError."""
        for said in self.messages:
            if (said.channel, said.ts) == (channel, ts):
                return said
        raise WorkspaceError("message_not_found")

    def do(self, method: str, given: Answer) -> Answer:
        """Carry out a method of the Web API; raises WorkspaceError and TooManyRequestsError."""
        self.calls.append(method)
        if self.refuse.get(method):
            raise self.refuse[method].pop(0)
        act: Callable[[Answer], Answer] | None = getattr(self, "_" + method.replace(".", "_"), None)
        if act is None:
            raise WorkspaceError("unknown_method")
        return act(given)

    def _auth_test(self, given: Answer) -> Answer:
        return {"team_id": TEAM, "user_id": BOT, "bot_id": "B0AUDITBOT"}

    def _chat_postMessage(self, given: Answer) -> Answer:
        channel = self._channel(given["channel"])
        self._check(given)
        if self.clock() - self.last_message.get(channel, 0.0) < 0.95 and not channel.startswith("D"):
            raise TooManyRequestsError(1)
        self.last_message[channel] = self.clock()
        if given.get("thread_ts"):
            self.message(channel, given["thread_ts"])
        said = self._said(channel, given)
        self.messages.append(said)
        return {"channel": channel, "ts": said.ts}

    def _chat_update(self, given: Answer) -> Answer:
        self._check(given)
        said = self.message(given["channel"], given["ts"])
        said.before.append(said.blocks)
        said.changed_at = self.clock()
        said.text, said.blocks = given.get("text", ""), given.get("blocks") or []
        return {"channel": said.channel, "ts": said.ts}

    def _chat_postEphemeral(self, given: Answer) -> Answer:
        channel = self._channel(given["channel"])
        self._check(given)
        if given["user"] not in self.channels[channel]:
            raise WorkspaceError("user_not_in_channel")
        self.private.append(self._said(channel, given, to=given["user"]))
        return {"message_ts": self.private[-1].ts}

    def _conversations_open(self, given: Answer) -> Answer:
        if given["users"] not in self.users:
            raise WorkspaceError("user_not_found")
        channel = f"D{given['users'][1:]}"
        self.channels.setdefault(channel, {BOT, given["users"]})
        return {"channel": {"id": channel}}

    def _conversations_history(self, given: Answer) -> Answer:
        # What was said in a thread is not in the channel's history.
        return self._read(given, lambda said: said.thread_ts is None, newest_first=True)

    def _conversations_replies(self, given: Answer) -> Answer:
        parent = self.message(given["channel"], given["ts"])
        return self._read(given, lambda said: parent.ts in (said.ts, said.thread_ts), newest_first=False)

    def _read(self, given: Answer, belongs: Callable[[Said], bool], newest_first: bool) -> Answer:
        if given["channel"].startswith("D") and "im:history" not in self.scopes:
            raise WorkspaceError("missing_scope")
        oldest = float(given.get("oldest", 0))
        own = [said for said in self.messages if said.channel == given["channel"] and belongs(said)]
        found = [said for said in own if float(said.ts) >= oldest]
        found.sort(key=lambda said: float(said.ts), reverse=newest_first)
        return {"messages": [{"ts": one.ts, "text": one.text, "metadata": one.metadata} for one in found]}

    def _users_info(self, given: Answer) -> Answer:
        if given.get("user") not in self.users:
            raise WorkspaceError("user_not_found")
        return {"user": self.users[given["user"]]}

    def _usergroups_users_list(self, given: Answer) -> Answer:
        if given.get("usergroup") not in self.groups:
            raise WorkspaceError("no_such_subteam")
        return {"users": self.groups[given["usergroup"]]}

    def _views_open(self, given: Answer) -> Answer:
        made = self.triggers.pop(given.get("trigger_id", ""), None)
        if made is None:
            raise WorkspaceError("invalid_trigger_id")
        if self.clock() - made > self.trigger_seconds:
            raise WorkspaceError("expired_trigger_id")
        return self._view(given["view"], f"V{self._next()}")

    def _views_update(self, given: Answer) -> Answer:
        if given["view_id"] not in self.views:
            raise WorkspaceError("not_found")
        return self._view(given["view"], given["view_id"])

    def _views_publish(self, given: Answer) -> Answer:
        if code := view_error(given["view"]):
            raise WorkspaceError(code)
        self.homes[given["user_id"]] = given["view"]
        return {"view": given["view"]}

    def _files_getUploadURLExternal(self, given: Answer) -> Answer:
        name = f"F{self._next()}"
        self.files[name] = File(given["filename"])
        return {"upload_url": f"upload/{name}", "file_id": name}

    def _files_completeUploadExternal(self, given: Answer) -> Answer:
        channel = self._channel(given["channel_id"])
        for one in given["files"]:
            self._file(one["id"]).promised = (channel, given.get("thread_ts"))
        if not self.shares_late:
            self.share_promised()
        return {"files": given["files"]}

    def share_promised(self) -> None:
        """Share every file whose upload is complete."""
        for file in self.files.values():
            if file.promised is not None:
                file.channel, file.thread_ts = file.promised

    def _files_info(self, given: Answer) -> Answer:
        file = self._file(given["file"])
        if file.promised is None and not file.given:
            raise WorkspaceError("file_not_found")
        about = {
            "id": given["file"],
            "name": file.name,
            "size": len(file.content) if file.size is None else file.size,
            "url_private": file.url or f"files-pri/{given['file']}",
            "shares": {"public": {file.channel: [{"thread_ts": file.thread_ts}]}} if file.channel else {},
        }
        return {"file": about}

    def _files_delete(self, given: Answer) -> Answer:
        self._file(given["file"])
        del self.files[given["file"]]
        return {}

    def _file(self, name: str) -> File:
        if name not in self.files:
            raise WorkspaceError("file_not_found")
        return self.files[name]

    def _view(self, view: Answer, name: str) -> Answer:
        if code := view_error(view):
            raise WorkspaceError(code)
        self.views[name] = {**view, "id": name, "team_id": TEAM}
        return {"view": self.views[name]}

    def _check(self, given: Answer) -> None:
        if code := message_error(given.get("blocks") or [], given.get("text", "")):
            raise WorkspaceError(code)

    def _channel(self, channel: str) -> str:
        if channel not in self.channels:
            raise WorkspaceError("channel_not_found")
        if BOT not in self.channels[channel]:
            raise WorkspaceError("not_in_channel")
        return channel

    def _said(self, channel: str, given: Answer, to: str | None = None) -> Said:
        ts = f"{self.clock():.0f}.{self._next():06d}"
        content = (given.get("text", ""), given.get("blocks") or [])
        return Said(channel, ts, *content, given.get("thread_ts"), given.get("metadata"), to, at=self.clock())

    def _next(self) -> int:
        self._count += 1
        return self._count
