"""What would be imported, before anything is: files, tables, mapping, totals, and what is refused and why."""

import tempfile
from pathlib import Path

from audit_agent.books.errors import MappingFileError, not_written
from audit_agent.books.importing import Taken, own_mapping_path, take_in
from audit_agent.books.limits import ImportLimits
from audit_agent.books.mapping import FileMapping, MappingFile, mapping_yaml
from audit_agent.books.proposal import ColumnMatch
from audit_agent.books.workbench import Workbench
from audit_agent.domain.books import SourceFile
from audit_agent.domain.record import Record

SHOWN_REJECTS = 50
_SHOWN_SAMPLES = 3
_SAMPLE_LENGTH = 40


class ColumnCheck(Record):
    """A source column and the canonical field it is taken for; confidence in percent."""

    field: str
    column: str
    confidence: int
    by: str
    samples: tuple[str, ...]


class FileCheck(Record):
    """One file or sheet that carries a canonical table."""

    file: SourceFile
    columns: tuple[ColumnCheck, ...]
    unmapped: tuple[str, ...]
    """Source columns that are left out."""


class IgnoredFile(Record):
    """A file or sheet that is not imported, and why."""

    name: str
    reason: str


class RejectedRow(Record):
    """One reason to refuse one row; `value` is cut to 200 characters."""

    file: str
    row: int
    field: str
    value: str
    reason: str


class BooksCheck(Record):
    """The whole result of a check."""

    path: str
    files: tuple[FileCheck, ...]
    ignored: tuple[IgnoredFile, ...]
    rejected_rows: int
    rejects: tuple[RejectedRow, ...]
    """The first 50."""


def check_books(path: Path, mapping: MappingFile | None = None, limits: ImportLimits | None = None) -> BooksCheck:
    """Carry out an import in a temporary place and tell what came of it; raises what `import_books` raises."""
    bounds = limits or ImportLimits()
    with tempfile.TemporaryDirectory(prefix="books-check-") as folder, Workbench(Path(folder), bounds) as bench:
        intake = take_in(path, bench, mapping, bounds)
        rows = bench.run(
            'SELECT "File", "Row", "Field", "Value", "Reason" FROM rejects ORDER BY ALL LIMIT ?', [SHOWN_REJECTS]
        )
    files = tuple(_file_check(taken) for taken in intake.taken)
    return BooksCheck(
        path=str(path),
        files=files,
        ignored=tuple(IgnoredFile(name=name, reason=reason) for name, reason in intake.ignored),
        rejected_rows=sum(check.file.rejected_rows for check in files),
        rejects=tuple(
            RejectedRow(file=file, row=row, field=field, value=value or "", reason=reason)
            for file, row, field, value, reason in rows
        ),
    )


def _file_check(taken: Taken) -> FileCheck:
    sample = taken.source.sample()
    used = set(taken.proposal.columns.values())
    return FileCheck(
        file=taken.converted.file,
        columns=tuple(_column_check(match, sample[match.column]) for match in taken.proposal.matches),
        unmapped=tuple(header for header in taken.source.headers if header not in used),
    )


def _column_check(match: ColumnMatch, values: list[str]) -> ColumnCheck:
    different = dict.fromkeys(value[:_SAMPLE_LENGTH] for value in values if value)
    return ColumnCheck(
        field=match.field,
        column=match.column,
        confidence=match.confidence,
        by=match.by,
        samples=tuple(different)[:_SHOWN_SAMPLES],
    )


def proposed_mapping(check: BooksCheck) -> MappingFile:
    """The mapping a check came to, as a mapping file to correct; ignored files are said to be ignored."""
    files = {
        item.file.name: FileMapping(
            table=item.file.table, columns={column.field: column.column for column in item.columns}
        )
        for item in check.files
    }
    return MappingFile(files=files | {item.name: FileMapping(ignore=True) for item in check.ignored})


def write_mapping(check: BooksCheck, path: Path) -> Path:
    """Write the mapping beside the books; raises MappingFileError rather than overwrite one."""
    target = own_mapping_path(path)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(mapping_yaml(proposed_mapping(check)))
    except FileExistsError as error:
        raise MappingFileError(
            f"There is a mapping file already: {target}.", "Correct that one, or move it away and write again."
        ) from error
    except OSError as error:
        raise not_written(target.parent, error.strerror or str(error)) from error
    return target
