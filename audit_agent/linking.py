"""Wires links to reports, for the surfaces and the terminal."""

from datetime import timedelta

from audit_agent.domain.evidence import Evidence
from audit_agent.handoff.link_keys import LinkKeysError, kept_keys, parse_keys
from audit_agent.handoff.report_links import ReportLinks
from audit_agent.settings import Settings
from audit_agent.store.database import Database
from audit_agent.temporal.client import remote_configured


def report_links(settings: Settings, database: Database, evidence: Evidence) -> ReportLinks | None:
    """Links as the settings say; None where no address is set under which the web process is reached.

    Raises LinkKeysError where several machines would each make keys of their own, and LinkKeysNotKeptError.
    """
    if settings.public_url is None:
        return None
    return ReportLinks(database, evidence, settings.public_url, _keys(settings), timedelta(days=settings.link_days))


def _keys(settings: Settings) -> tuple[str, ...]:
    if settings.link_keys is not None:
        return parse_keys(settings.link_keys.get_secret_value())
    if remote_configured():
        raise LinkKeysError(
            "AUDIT_AGENT_PUBLIC_URL is set, but no keys that sign links.",
            "Set AUDIT_AGENT_LINK_KEYS to the same keys for every process; docs/how-to/slack.md says how.",
        )
    return kept_keys(settings.home / "link-keys")
