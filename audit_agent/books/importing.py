"""From files to frozen books."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from audit_agent.books.convert import REJECT_COLUMNS, Converted, convert, prepare_rejects
from audit_agent.books.einvoices import INVOICES, EInvoices, EInvoiceTable
from audit_agent.books.einvoices import NAME as EINVOICES
from audit_agent.books.errors import NoBooksError, NothingRecognisedError
from audit_agent.books.files import GivenFile, given_files, open_sources, unchanged
from audit_agent.books.limits import ImportLimits
from audit_agent.books.mapping import MAPPING_NAME, MappingFile, load_mapping
from audit_agent.books.parquet_writer import write_parquet
from audit_agent.books.proposal import Proposal, propose
from audit_agent.books.schema import schema_of
from audit_agent.books.source import Source
from audit_agent.books.workbench import Workbench, file_literal, identifier
from audit_agent.domain.books import BooksManifest, FrozenTable
from audit_agent.domain.errors import NotFoundError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest, canonical_json


@dataclass(frozen=True)
class Taken:
    """A source that carries a table, what was proposed for it, and what became of it."""

    source: Source
    proposal: Proposal
    converted: Converted


@dataclass
class Intake:
    """Everything found under a path: what was taken, and what was ignored and why."""

    taken: list[Taken] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)


def import_books(
    path: Path, evidence: Evidence, mapping: MappingFile | None = None, limits: ImportLimits | None = None
) -> tuple[Digest, BooksManifest]:
    """Import a file or folder and freeze it; returns the digest that names the books, and their manifest.

    Without `mapping` the file `mapping.yaml` in the folder is used, if there is one. Raises a BadInputError
    (see `books/errors.py`) for what a person can mend, BooksNotWrittenError when there is no room.
    """
    with Workbench(evidence.workspace(), limits or ImportLimits()) as bench:
        intake = take_in(path, bench, mapping, limits or ImportLimits())
        manifest = freeze(intake, bench, evidence)
    return evidence.put(canonical_json(manifest)), manifest


def load_manifest(digest: Digest, evidence: Evidence) -> BooksManifest:
    """The manifest of frozen books; raises NotFoundError when the evidence holds none of that digest."""
    try:
        return BooksManifest.model_validate_json(evidence.read(digest))
    except ValueError as error:
        raise NotFoundError(
            f"The blob {digest} is no manifest of books.", "Use the digest that `import` or `books check` printed."
        ) from error


def take_in(path: Path, bench: Workbench, mapping: MappingFile | None, limits: ImportLimits) -> Intake:
    """Open, map and convert every file under a path; raises NothingRecognisedError when none carries a table."""
    files = given_files(path)
    mapping = mapping or _own_mapping(path)
    prepare_rejects(bench)
    intake = Intake()
    einvoices = EInvoices(bench)
    names: list[str] = []
    for file in files:
        with unchanged(file):
            for name, source in _sources(file, bench, limits, mapping, intake, einvoices):
                names.append(name)
                if source is not None:
                    _take(source, bench, mapping, intake)
    for table in _einvoice_tables(einvoices, intake):
        names.append(table.name)
        _take(table, bench, mapping, intake)
    if path.is_dir():
        mapping.refuse_idle(names)
    if not intake.taken:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in intake.ignored[:5])
        raise NothingRecognisedError(
            f"Nothing under {path} can be imported. {reasons}",
            f"Say in {own_mapping_path(path)} which column is which field.",
        )
    if not any(taken.converted.file.imported_totals.rows for taken in intake.taken):
        file, row, name, reason = bench.run(
            'SELECT "File", "Row", "Field", "Reason" FROM rejects ORDER BY ALL LIMIT 1'
        )[0]
        raise NothingRecognisedError(
            f"Every row under {path} is refused. The first one: {file}, row {row}: {name} {reason}.",
            f"Correct the export, or say in {own_mapping_path(path)} how to read it.",
        )
    return intake


def _einvoice_tables(einvoices: EInvoices, intake: Intake) -> Iterator[EInvoiceTable]:
    """The tables of all e-invoices. They are no second register of invoices where the books have one."""
    booked = any(taken.proposal.table == INVOICES for taken in intake.taken)
    if booked and einvoices.parts:
        reason = f"Another file has {INVOICES} already; only the figures of the e-invoices are taken."
        intake.ignored.append((f"{EINVOICES}#{INVOICES}", reason))
    yield from einvoices.tables(booked)


def _own_mapping(path: Path) -> MappingFile:
    """The mapping file kept beside the books, if there is one."""
    beside = own_mapping_path(path)
    return load_mapping(beside) if beside.is_file() else MappingFile(files={})


def own_mapping_path(path: Path) -> Path:
    """Where the mapping file of a folder, or of a single file, is kept."""
    return (path if path.is_dir() else path.parent) / MAPPING_NAME


def _sources(
    file: GivenFile,
    bench: Workbench,
    limits: ImportLimits,
    mapping: MappingFile,
    intake: Intake,
    einvoices: EInvoices,
) -> Iterator[tuple[str, Source | None]]:
    entry = mapping.of(file.name)
    if entry.ignore or not file.readable:
        reason = (
            "The mapping file says to ignore it." if entry.ignore else "It is not CSV, XLSX, Parquet, MT940 or XML."
        )
        intake.ignored.append((file.name, reason))
        yield file.name, None
        return
    found = False
    others = len(einvoices.parts)
    try:
        for source in open_sources(file, bench, limits, entry, einvoices):
            found = True
            yield source.name, source
    except NoBooksError as error:
        intake.ignored.append((file.name, error.message))
        yield file.name, None
        return
    if len(einvoices.parts) > others:
        yield file.name, None
    elif not found:
        intake.ignored.append((file.name, "It is empty."))
        yield file.name, None


def _take(source: Source, bench: Workbench, mapping: MappingFile, intake: Intake) -> None:
    entry = mapping.of(source.name)
    proposal = propose(source, entry)
    if proposal.table is None:
        intake.ignored.append((source.name, proposal.reason))
    else:
        intake.taken.append(Taken(source, proposal, convert(bench, source, proposal, entry)))


def freeze(intake: Intake, bench: Workbench, evidence: Evidence) -> BooksManifest:
    """Put one Parquet blob per table into evidence. All are written before the first is put."""
    by_table: dict[str, list[Path]] = {}
    for taken in intake.taken:
        by_table.setdefault(taken.converted.file.table, []).append(taken.converted.part)
    finished = {name: _joined(bench, parts) for name, parts in sorted(by_table.items())}
    rejects = _rejects_file(bench)
    tables = tuple(_put(bench, evidence, name, path, schema_of(name).columns) for name, path in finished.items())
    return BooksManifest(
        tables=tables,
        sources=tuple(taken.converted.file for taken in intake.taken),
        rejects=rejects and _put(bench, evidence, "rejects", rejects, REJECT_COLUMNS),
    )


def _joined(bench: Workbench, parts: list[Path]) -> Path:
    if len(parts) == 1:
        return parts[0]
    joined = bench.folder / bench.fresh_name("table")
    listed = ", ".join(file_literal(part) for part in parts)
    write_parquet(bench, f"SELECT * FROM read_parquet([{listed}])", joined)
    return joined


def _rejects_file(bench: Workbench) -> Path | None:
    if bench.one("SELECT count(*) FROM rejects") == (0,):
        return None
    path = bench.folder / bench.fresh_name("rejects")
    columns = ", ".join(identifier(name) for name in REJECT_COLUMNS)
    order = '"File", "Row", "Field", "Reason"'
    write_parquet(bench, f"SELECT {columns} FROM rejects ORDER BY {order}", path)
    return path


def _put(bench: Workbench, evidence: Evidence, name: str, path: Path, columns: tuple[str, ...]) -> FrozenTable:
    (rows,) = bench.one(f"SELECT count(*) FROM read_parquet({file_literal(path)})")
    return FrozenTable(name=name, digest=evidence.put_file(path), rows=rows, columns=columns)
