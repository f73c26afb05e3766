"""Every setting: variable, key in the TOML file, default, meaning."""

from audit_agent.settings import Settings, variable_of
from scripts.reference.markdown import code, page, table

_INTRODUCTION = """\
# Settings

Each is an environment variable, or a key in the TOML file `audit-agent.toml` of the working directory
(`AUDIT_AGENT_CONFIG` names another file). The environment wins.
Relative paths start at the working directory.

A Temporal cluster of your own is named by `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
`TEMPORAL_TLS_*`, or by a profile (`TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`),
as every Temporal SDK reads them.
"""


def settings_page() -> str:
    """The page of settings."""
    rows = []
    for name, field in Settings.model_fields.items():
        fixed = field.default_factory is None and field.default is not None
        default = code(str(field.default)) if fixed else ""
        rows.append((code(variable_of(name)), code(name), default, field.description or ""))
    return page([_INTRODUCTION, *table(("variable", "key", "default", "meaning"), rows)])
