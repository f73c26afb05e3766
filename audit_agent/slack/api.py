"""Every call to Slack, and the scope each needs."""

from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from audit_agent.slack.errors import SlackAwayError, SlackBusyError, SlackRefusedError
from audit_agent.slack.quiet import quiet_logger

TIMEOUT_SECONDS = 10
MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)

SCOPES: dict[str, tuple[str, ...]] = {
    "auth.test": (),
    "chat.postMessage": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""The bot scopes of each method we call. The manifest asks for these and no others."""


class Place(NamedTuple):
    """Where Slack takes the bytes of a file that nobody sees yet."""

    file: str
    url: str


class SlackApi:
    """Slack's Web API as this app uses it. Errors are ours; nothing is retried here and nothing waits."""

    def __init__(self, token: str, base_url: str) -> None:
        self.client = AsyncWebClient(
            token=token, base_url=base_url, timeout=TIMEOUT_SECONDS, logger=quiet_logger(), retry_handlers=[]
        )
        self._own = urlsplit(base_url)[:2]

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method; raises SlackRefusedError, SlackBusyError or SlackAwayError."""
        return await self._send(method, json={name: value for name, value in arguments.items() if value is not None})

    async def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method that takes a form instead of JSON: those that read, and the upload of files."""
        return await self._send(method, data=arguments)

    async def upload(self, channel: str, name: str, title: str, content: bytes) -> str:
        """Share a file in a channel and return its id."""
        place = await self.place(name, len(content))
        await self.fill(place, content)
        await self.share(place.file, title, channel)
        return place.file

    async def place(self, name: str, length: int) -> Place:
        """A place for a file of that name and length."""
        answer = await self.ask("files.getUploadURLExternal", filename=name, length=length)
        return Place(str(answer["file_id"]), str(answer["upload_url"]))

    async def fill(self, place: Place, content: bytes) -> None:
        """Upload the bytes of a file. They go only to Slack's hosts, without our token."""
        if not self.is_slack(place.url):
            raise SlackRefusedError("files.getUploadURLExternal", "upload_url_is_not_slack")
        try:
            timeout = aiohttp.ClientTimeout(total=6 * TIMEOUT_SECONDS)
            # A redirect could lead the report to somebody else's host.
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(place.url, data=content, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise SlackRefusedError("the upload", f"http_{answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackAwayError(f"Slack did not take a file: {type(error).__name__}.") from error

    async def share(self, file: str, title: str, channel: str, thread: str | None = None) -> None:
        """Show an uploaded file in a channel. Slack can agree to that and do it a moment later."""
        files = [{"id": file, "title": title}]
        await self.call("files.completeUploadExternal", files=files, channel_id=channel, thread_ts=thread)

    async def download(self, url: str, most: int) -> bytes:
        """A private file of Slack's, at most one byte more than `most`. The token goes to Slack's hosts only.

        Raises SlackRefusedError, also for another host and for where a redirect leads elsewhere; SlackAwayError.
        """
        headers = {"Authorization": f"Bearer {self.client.token}"}
        try:
            timeout = aiohttp.ClientTimeout(total=6 * TIMEOUT_SECONDS)
            async with aiohttp.ClientSession(timeout=timeout) as session:
                for _ in range(MOST_REDIRECTS):
                    if not self.is_slack(url):
                        raise SlackRefusedError("the download", "not_a_host_of_slack")
                    async with session.get(url, headers=headers, allow_redirects=False) as answer:
                        if answer.status in _REDIRECTS:
                            url = urljoin(url, answer.headers.get("Location", ""))
                            continue
                        return await _content(answer, most)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackAwayError(f"Slack did not give a file: {type(error).__name__}.") from error
        raise SlackRefusedError("the download", "too_many_redirects")

    async def _send(self, method: str, **content: Any) -> dict[str, Any]:
        assert method in SCOPES, f"{method} needs an entry in SCOPES"
        try:
            response = await self.client.api_call(method, **content)
        except SlackApiError as error:
            raise _refused(method, error) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SlackAwayError(f"Slack cannot be reached for {method}: {type(error).__name__}.") from error
        return response.data if isinstance(response.data, dict) else {}

    def is_slack(self, url: str) -> bool:
        """Whether an address is one of Slack's, or of the server that stands in for it."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts[:2] == self._own or (parts.scheme == "https" and host.endswith((".slack.com", ".slack-files.com")))


async def _content(answer: aiohttp.ClientResponse, most: int) -> bytes:
    if answer.status >= 500 or answer.status == 429:
        raise SlackAwayError(f"Slack answered the download with {answer.status}.")
    if answer.status != 200:
        raise SlackRefusedError("the download", f"http_{answer.status}")
    content = bytearray()
    async for chunk in answer.content.iter_chunked(65_536):
        content += chunk[: most + 1 - len(content)]
        if len(content) > most:
            break
    return bytes(content)


def _refused(method: str, error: SlackApiError) -> SlackRefusedError | SlackBusyError | SlackAwayError:
    status = error.response.status_code
    if status == 429:
        wait = str(error.response.headers.get("Retry-After", "1"))
        return SlackBusyError(method, float(wait) if wait.isdigit() else 1.0)
    if status >= 500:
        return SlackAwayError(f"Slack answered {method} with {status}.")
    data = error.response.data
    return SlackRefusedError(method, str(data.get("error")) if isinstance(data, dict) else "unknown_error")
