"""Reading bytes as a document, in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.limits import TextLimits
from audit_agent.documents.text.model import DocumentText

Reads = Callable[..., DocumentText]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """`reads(data, media_type)` with the usual limits or others; what is inside lands in `inside`."""
    inside = tmp_path / "inside"
    inside.mkdir()

    def read(data: bytes, media_type: str, limits: TextLimits | None = None) -> DocumentText:
        path = tmp_path / "document"
        path.write_bytes(data)
        return extract(path, media_type, limits or TextLimits(), inside)

    return read
