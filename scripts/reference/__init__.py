"""The reference pages, each written from the code it describes."""

from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.reference.commands import commands_page
from scripts.reference.errors import errors_page
from scripts.reference.events import events_page
from scripts.reference.procedures import procedures_page
from scripts.reference.programmes import programmes_page
from scripts.reference.settings import settings_page
from scripts.reference.tables import tables_page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "procedures.md": procedures_page,
    "programmes.md": programmes_page,
    "tables.md": tables_page,
    "events.md": events_page,
    "errors.md": errors_page,
}
