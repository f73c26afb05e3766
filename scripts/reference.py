"""Write `docs/reference/` anew from the code: `make docs`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from audit_agent.settings import Settings, variable_of

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"


def settings_page() -> str:
    """Every setting: variable, key in the TOML file, default, meaning."""
    lines = [
        "# Settings",
        "",
        "Each is an environment variable, or a key in the TOML file `audit-agent.toml` of the working directory",
        "(`AUDIT_AGENT_CONFIG` names another file). The environment wins.",
        "Relative paths start at the working directory.",
        "",
        "A Temporal cluster of your own is named by `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,",
        "`TEMPORAL_TLS_*`, or by a profile (`TEMPORAL_PROFILE`, `TEMPORAL_CONFIG_FILE`),",
        "as every Temporal SDK reads them.",
        "",
        "| variable | key | default | meaning |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        fixed = field.default_factory is None and field.default is not None
        default = f"`{field.default}`" if fixed else ""
        lines.append(f"| `{variable_of(name)}` | `{name}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


PAGES: Mapping[str, Callable[[], str]] = {"settings.md": settings_page}


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
