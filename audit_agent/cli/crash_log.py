"""Where unexpected errors of the terminal are kept."""

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from audit_agent.domain.errors import AuditAgentError
from audit_agent.settings import load_settings


def record_crash(error: Exception) -> Path | None:
    """Append the traceback to `logs/terminal.log` in the home; None where that cannot be written."""
    try:
        folder = load_settings().logs_folder
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / "terminal.log"
        with place.open("a", encoding="utf-8") as log:
            print(f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv)}", file=log)
            traceback.print_exception(error, file=log)
    except (OSError, AuditAgentError):
        return None
    return place
