"""`/reports/{token}`: one format of one audit's published report, by a signed link."""

import asyncio
import logging
from html import escape
from tempfile import NamedTemporaryFile

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from audit_agent.clock import Clock, system_clock
from audit_agent.domain.errors import AuditAgentError
from audit_agent.domain.record import digest_bytes
from audit_agent.handoff.report_files import ReportFile
from audit_agent.handoff.report_links import (
    PATH,
    ExpiredLinkError,
    ForgedLinkError,
    ReportLinks,
    SupersededLinkError,
)

_SHOWN = "text/html"
"""Browsers show these; everything else is saved."""
_PROTECTION = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_STATUS: dict[type[AuditAgentError], int] = {ForgedLinkError: 403, ExpiredLinkError: 410, SupersededLinkError: 410}

_logger = logging.getLogger(__name__)


def report_route(links: ReportLinks, clock: Clock = system_clock) -> Route:
    """The route; `links` says what each token opens."""

    async def opened(request: Request) -> Response:
        # Mail scanners ask for the head of every link: that is not its recipient reading.
        read = request.method != "HEAD"
        try:
            file = await asyncio.to_thread(links.open, request.path_params["token"], clock(), read=read)
        except (ForgedLinkError, ExpiredLinkError, SupersededLinkError) as error:
            return _page(_STATUS[type(error)], error.message, error.advice)
        except AuditAgentError as error:
            _logger.error("A report could not be opened: %s", type(error).__name__)
            return _page(503, "The report cannot be read now.", "Try again later, or tell whoever runs Audit Agent.")
        return _Held(file)

    return Route(f"{PATH}/{{token}}", opened, methods=["GET"])


class _Held(FileResponse):
    """A rendered report, served as files are, also in ranges. It lies on disk for as long as that takes."""

    def __init__(self, file: ReportFile) -> None:
        super().__init__(
            "",
            headers={**_PROTECTION, "etag": f'"{digest_bytes(file.content)}"'},
            media_type=file.media_type,
            filename=file.name,
            content_disposition_type="inline" if file.media_type == _SHOWN else "attachment",
        )
        self._content = file.content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with NamedTemporaryFile() as held:
            held.write(self._content)
            held.flush()
            self.path = held.name
            await super().__call__(scope, receive, send)


def _page(status: int, what: str, advice: str) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Audit Agent</title>'
        "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>"
        f"<h1>{escape(what)}</h1><p>{escape(advice)}</p></html>",
        status,
        headers=_PROTECTION,
    )
