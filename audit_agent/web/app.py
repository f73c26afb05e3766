"""The ASGI application: Slack's endpoint, reports by signed links, and a health check."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from audit_agent.handoff.report_links import ReportLinks
from audit_agent.web.reports import report_route

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def web_app(slack: ASGIApp | None, lifespan: Lifespan | None = None, links: ReportLinks | None = None) -> Starlette:
    """The application; without `slack` there is no endpoint for it, and without `links` none for reports."""
    routes = [Route("/healthz", _healthy)]
    if slack is not None:
        routes.append(Route("/slack/events", slack))
    if links is not None:
        routes.append(report_route(links))
    return Starlette(routes=routes, lifespan=lifespan)


async def _healthy(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")
