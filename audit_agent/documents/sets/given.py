"""Which kind of set a path, a pattern or an address stands for."""

from pathlib import Path

from audit_agent.documents.errors import DocumentsPathError
from audit_agent.documents.s3 import SCHEME, S3Access
from audit_agent.documents.sets.address import is_address
from audit_agent.documents.sets.folder import FolderSet, glob_set, is_pattern
from audit_agent.documents.sets.found import DocumentSet
from audit_agent.documents.sets.lists import LIST_SUFFIXES, ListSet
from audit_agent.documents.sets.prefix import PrefixSet

_WHAT_FITS = "Give a folder, a pattern such as 'invoices/**/*.pdf', a list as .txt or .csv, or s3://bucket/prefix."


def given_set(text: str, s3: S3Access) -> DocumentSet:
    """The set that was given as text. Raises DocumentsPathError when it is none."""
    if text.startswith(SCHEME):
        return PrefixSet(text, s3)
    if is_address(text):
        raise DocumentsPathError(f"{text} is one address and no set.", "Write the addresses into a .txt file.")
    path = Path(text)
    if path.is_dir():
        return FolderSet(path)
    if path.is_file():
        if path.suffix.lower() in LIST_SUFFIXES:
            return ListSet(path)
        raise DocumentsPathError(f"{path} is one file and no set.", _WHAT_FITS)
    if is_pattern(text):
        return glob_set(path)
    raise DocumentsPathError(f"There is nothing at {path}.", _WHAT_FITS)
