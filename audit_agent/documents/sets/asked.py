"""Which set an audit was asked to look at: a place, or a column of its books."""

import re
from pathlib import Path

from audit_agent.documents.errors import DocumentsPathError
from audit_agent.documents.fetching.policy import FetchPolicy
from audit_agent.documents.s3 import SCHEME, S3Access, object_name
from audit_agent.documents.sets.address import is_address
from audit_agent.documents.sets.column import ColumnSet
from audit_agent.documents.sets.found import DocumentSet
from audit_agent.documents.sets.given import given_set
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.evidence import Evidence

COLUMN = re.compile(r"column:(?P<table>\w+)\.(?P<column>\w+)")


def named_documents(text: str) -> str:
    """A set as a worker finds it, whatever its working directory; raises DocumentsPathError when it is none."""
    if COLUMN.fullmatch(text) or text.startswith(SCHEME):
        return text
    place = text if is_address(text) else str(Path(text).expanduser().absolute())
    given_set(place, S3Access())
    return place


def asked_set(
    text: str, policy: FetchPolicy, books: BooksManifest, books_place: Path, evidence: Evidence
) -> DocumentSet:
    """The set an audit names; paths in a column are relative to the folder of the books.

    Raises DocumentsPathError when it is none, or lies in a bucket that may not be read.
    """
    if match := COLUMN.fullmatch(text):
        table = books.table(match["table"])
        if table is None:
            carried = ", ".join(one.name for one in books.tables)
            raise DocumentsPathError(f"The books carry no table {match['table']}.", f"They carry: {carried}.")
        root = books_place if books_place.is_dir() else books_place.parent
        return ColumnSet(evidence.path(table.digest), table.name, match["column"], (), root)
    if text.startswith(SCHEME) and object_name(text).bucket not in policy.buckets:
        raise DocumentsPathError(
            f"The bucket of {text} may not be read.",
            "Whoever runs the workers names those that may be, in AUDIT_AGENT_DOCUMENT_BUCKETS.",
        )
    return given_set(text, S3Access())
