"""The mapping file a person keeps beside the books: what the proposal got wrong, said once."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError, model_validator

from audit_agent.books.canonical import CANONICAL
from audit_agent.books.errors import MappingFileError, unreadable
from audit_agent.books.schema import TableSchema
from audit_agent.domain.record import Record

MAPPING_NAME = "mapping.yaml"
DEBIT = "Debit_Amount"
CREDIT = "Credit_Amount"
"""Not canonical fields: a debit and a credit column together stand for the amount and its indicator."""

DateOrder = Literal["iso", "yyyymmdd", "dmy", "mdy"]


class FileMapping(Record):
    """How to read one file, or every file a pattern matches. What it does not say is proposed."""

    ignore: bool = False
    table: str | None = None
    columns: dict[str, str | None] = {}
    """Canonical field -> source column; null leaves the field empty."""
    constants: dict[str, str] = {}
    """Canonical field -> the one value every row has."""
    dates: dict[str, DateOrder] = {}
    decimal: Literal[".", ","] | None = None
    round_amounts: bool = False
    """Round amounts with too many decimals (half to even) instead of rejecting their rows."""
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None

    @model_validator(mode="after")
    def _known_names(self) -> "FileMapping":
        if self.table is not None and self.table not in CANONICAL:
            raise ValueError(f"there is no canonical table {self.table!r}; use one of {', '.join(CANONICAL)}")
        fields = set(mappable_fields(CANONICAL[self.table])) if self.table else _ANY_FIELD
        unknown = (set(self.columns) | set(self.constants) | set(self.dates)) - fields
        if unknown:
            place = self.table or "any canonical table"
            raise ValueError(f"{', '.join(sorted(unknown))} is no field of {place}")
        if self.encoding is not None:
            _check_encoding(self.encoding)
        if self.delimiter is not None and len(self.delimiter) != 1:
            raise ValueError("the delimiter must be one character")
        return self


class MappingFile(Record):
    """A whole mapping file: file name or pattern -> how to read it. The first that matches counts."""

    files: dict[str, FileMapping]

    def of(self, name: str) -> FileMapping:
        """What it says of this file or sheet; nothing when no pattern matches."""
        return next((self.files[pattern] for pattern in self.files if _matches(name, pattern)), FileMapping())

    def refuse_idle(self, names: Iterable[str]) -> None:
        """Raise MappingFileError when an entry matches none of these files: most often a slip of the pen."""
        names = tuple(names)
        for pattern in self.files:
            if not any(_matches(name, pattern) for name in names):
                raise MappingFileError(
                    f"The mapping file speaks of {pattern!r}, and no file of the books is called so.",
                    f"Correct the name. The files are: {', '.join(names[:20])}.",
                )


def mappable_fields(schema: TableSchema) -> tuple[str, ...]:
    """What a mapping may name for a table: its fields, and debit and credit columns where it has an amount."""
    pair = (DEBIT, CREDIT) if schema.amount and schema.amount in schema.required else ()
    return (*(field.name for field in schema.fields), *pair)


_ANY_FIELD = {name for schema in CANONICAL.values() for name in mappable_fields(schema)}


def _matches(name: str, pattern: str) -> bool:
    """A workbook's name also stands for each of its sheets."""
    return fnmatchcase(name, pattern) or fnmatchcase(name.partition("#")[0], pattern)


def _check_encoding(name: str) -> None:
    try:
        "".encode(name)
    except LookupError as error:
        raise ValueError(f"there is no encoding {name!r}") from error


def load_mapping(path: Path) -> MappingFile:
    """Read and check a mapping file; raises MappingFileError, naming what is wrong and where."""
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise unreadable(path, error) from error
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        raise MappingFileError(
            f"{path} is not valid YAML: {error}", "Correct it; `books check` shows the form."
        ) from error
    try:
        return MappingFile.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(str(part) for part in first["loc"]) or "the file"
        raise MappingFileError(
            f"{path}: {place}: {first['msg']}.", "Correct it; `audit-agent books check --write-mapping` shows the form."
        ) from error


def mapping_yaml(mapping: MappingFile) -> str:
    """The text of a mapping file, without what is left at its default."""
    content = {
        name: entry.model_dump(mode="json", exclude_defaults=True) or {"ignore": False}
        for name, entry in mapping.files.items()
    }
    return yaml.safe_dump({"files": content}, sort_keys=False, allow_unicode=True, width=120)
