"""Documents as PDF, set by typst."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files

import typst

from audit_agent.sample.documents.sheet import Sheet

_WRITTEN = datetime(2026, 1, 5, tzinfo=UTC)
"""The time in every file, so that its bytes are the same whenever it is written."""


class PdfPress:
    """Sets documents one after another; the fonts are those within typst, the same on every machine."""

    def __init__(self) -> None:
        self._template = files("audit_agent.sample.documents").joinpath("templates/invoice.typ").read_bytes()
        self._compiler = typst.Compiler(ignore_system_fonts=True)

    def print(self, sheet: Sheet) -> bytes:
        """One document."""
        pdf = self._compiler.compile(
            self._template,
            sys_inputs={"sheet": json.dumps(asdict(sheet))},
            format="pdf",
            timestamp=_WRITTEN,
            pdf_tags=False,
        )
        assert isinstance(pdf, bytes)
        return pdf
