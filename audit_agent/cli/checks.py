"""What `audit-agent doctor` looks at: one function per thing, each answering with what to do about it."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from audit_agent.domain.errors import AuditAgentError
from audit_agent.settings import Settings, config_file, unknown_settings

LOWEST_PYTHON = (3, 11)
LOW_DISK_BYTES = 2_000_000_000
"""A year of a mid-size company's books with their evidence takes well under this."""

State = Literal["ok", "note", "warning", "problem"]


class Check(NamedTuple):
    """One thing looked at. A `problem` keeps audits from running; a `note` needs nobody."""

    name: str
    state: State
    detail: str
    advice: str = ""


def check_python() -> Check:
    """The interpreter."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < LOWEST_PYTHON:
        return Check("Python", "problem", f"{version} at {sys.executable}", "Install Python 3.11 or later.")
    return Check("Python", "ok", f"{version} at {sys.executable}")


def check_settings_file() -> Check:
    """Where settings come from."""
    file = config_file()
    return Check("Settings", "ok", f"from the environment and {file}" if file else "from the environment")


def check_unknown_settings(environ: Mapping[str, str]) -> list[Check]:
    """Variables that look like settings and set nothing."""
    return [
        Check(
            "Settings",
            "warning",
            f"{name} is not a setting",
            f"Did you mean {nearest}?" if nearest else "Unset it; the reference lists every setting.",
        )
        for name, nearest in unknown_settings(environ)
    ]


def check_home(home: Path) -> Check:
    """Whether the home can be written, and how much space is left."""
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Check("Home", "problem", f"{home} cannot be written", "Set AUDIT_AGENT_HOME to a folder that can be.")
    free = shutil.disk_usage(there).free
    detail = f"{home}, {free / 1e9:.1f} GB free" + ("" if home.exists() else ", made by the first audit")
    if free < LOW_DISK_BYTES:
        return Check("Home", "warning", detail, "Free some space, or set AUDIT_AGENT_HOME to a larger disk.")
    return Check("Home", "ok", detail)


def check_database(settings: Settings) -> Check:
    """Whether the database answers and has the tables of this version."""
    from audit_agent.store.database import connect

    try:
        database = connect(settings.database_url)
        try:
            state = database.migration_state()
        finally:
            database.close()
    except AuditAgentError as error:
        return Check("Database", "problem", error.message, error.advice)
    if state.is_current:
        return Check("Database", "ok", f"{database.name} at migration {state.current}")
    if state.current is None and database.name.startswith("sqlite"):
        return Check("Database", "note", f"{database.name} does not exist yet", "`audit-agent up` makes it.")
    what = "has no tables" if state.current is None else f"is at migration {state.current}"
    return Check(
        "Database", "problem", f"{database.name} {what}; {state.head} is needed", "Run `audit-agent db upgrade`."
    )


def check_analyst(settings: Settings) -> Check:
    """Who plans and writes, and whether a key is there. Nothing is sent anywhere."""
    key = settings.anthropic_api_key
    if settings.analyst == "anthropic" and settings.gateway_url is not None:
        return Check("Analyst", "ok", f"{settings.model} by way of the gateway")
    if settings.analyst == "anthropic" and key is None:
        return Check(
            "Analyst",
            "problem",
            "the model is asked for and no key is set",
            "Set ANTHROPIC_API_KEY, or AUDIT_AGENT_ANALYST to offline.",
        )
    if settings.analyst == "offline" or key is None:
        why = "" if settings.analyst == "offline" else ", as no ANTHROPIC_API_KEY is set"
        return Check("Analyst", "ok", f"offline (rules){why}; nothing leaves this machine")
    where = settings.anthropic_base_url or "Anthropic's API"
    return Check("Analyst", "ok", f"{settings.model} at {where}; the key is set and was not tried")


def check_gateway(settings: Settings) -> Check:
    """Whether the gateway answers, and what it has lost sight of."""
    from audit_agent.gateway import gateway_standing

    if not settings.uses_model:
        return Check("Gateway", "ok", "not needed, as no model is used")
    if settings.gateway_url is None:
        return Check("Gateway", "ok", "`audit-agent up` runs one")
    try:
        standing = gateway_standing(settings)
    except AuditAgentError as error:
        return Check("Gateway", "problem", error.message, error.advice)
    return Check("Gateway", "ok", f"{settings.gateway_url}: {standing}")


def check_policy(settings: Settings) -> Check:
    """Whether the policy can be used."""
    from audit_agent.handoff.policy_file import load_policy

    try:
        load_policy(settings.policy_file)
    except AuditAgentError as error:
        return Check("Policy", "problem", error.message, error.advice)
    return Check("Policy", "ok", str(settings.policy_file or "the default"))


def check_holds(settings: Settings) -> Check:
    """Where payment holds go."""
    if settings.holds_url is None:
        return Check("Payment holds", "ok", "kept in the register table")
    if settings.holds_token is None:
        return Check(
            "Payment holds", "warning", f"{settings.holds_url} without a token", "Set AUDIT_AGENT_HOLDS_TOKEN."
        )
    return Check("Payment holds", "ok", f"sent to {settings.holds_url}")


def check_key(settings: Settings) -> Check:
    """Whether the model's API takes the key: one free request for the list of models."""
    from anthropic import Anthropic, APIConnectionError, APIStatusError

    if settings.anthropic_api_key is None:
        return Check("Model's API", "note", "not tried, as no key is set")
    client = Anthropic(
        api_key=settings.anthropic_api_key.get_secret_value(),
        base_url=settings.anthropic_base_url,
        max_retries=0,
        timeout=10,
    )
    try:
        with client:
            client.models.retrieve(settings.model)
    except APIStatusError as error:
        return Check(
            "Model's API", "problem", f"answered {error.status_code} for {settings.model}", "Check key and model."
        )
    except APIConnectionError as error:
        return Check("Model's API", "problem", f"cannot be reached: {error}", "Check network and ANTHROPIC_BASE_URL.")
    return Check("Model's API", "ok", f"takes the key and knows {settings.model}")
