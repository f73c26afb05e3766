"""What the demo shows at its end: found against seeded, the report's files, and where to look."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
from rich.console import Console

from audit_agent.cli.printing import table
from audit_agent.cli.report import ReportFormat, write_whole
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.record import Digest
from audit_agent.domain.workpaper import ExceptionItem, Workpaper
from audit_agent.reports.model import AuditReport
from audit_agent.reports.render import render
from audit_agent.sample.score import SampleScore, score
from audit_agent.sample.truth import SampleTruth
from audit_agent.store.reading import AuditStatus


def write_reports(evidence: Evidence, digest: Digest, folder: Path) -> dict[ReportFormat, Path]:
    """Write the report in every format into a folder, replacing what an interrupted write may have left."""
    report = AuditReport.model_validate_json(evidence.read(digest))
    folder.mkdir(parents=True, exist_ok=True)
    files = {form: folder / f"report.{form.value}" for form in ReportFormat}
    for form, file in files.items():
        write_whole(file, render(report, form.value), replace=True)
    return files


def opinion_of(evidence: Evidence, digest: Digest) -> str:
    """The report's opinion line."""
    return AuditReport.model_validate_json(evidence.read(digest)).report.opinion.line


def found_against_seeded(evidence: Evidence, status: AuditStatus, truth: SampleTruth) -> SampleScore:
    """Every exception of the audit, not only the highest, against what was seeded."""
    identifiers = {name for item in truth.items for name in item.where.fields}
    return score(truth, _exceptions(evidence, status, identifiers))


def print_score(out: Console, result: SampleScore) -> None:
    """Print found against seeded: a line for each procedure, then what was missed."""
    seeded = Counter(match.item.procedure for match in result.irregularities)
    found = Counter(match.item.procedure for match in result.found)
    alike = Counter(match.item.procedure for match in result.flagged_look_alikes)
    lines = table("Procedure", "Seeded", "Found", "Look-alikes flagged", "Other exceptions")
    for procedure in sorted(seeded | result.unseeded):
        counts = (seeded[procedure], found[procedure], alike[procedure], result.unseeded.get(procedure, 0))
        lines.add_row(procedure, *(str(count) for count in counts))
    out.print(lines)
    for match in result.missed:
        out.print(f"Missed: {match.item.id} {match.item.procedure} {match.item.description}", style="yellow")
    out.print(f"Found against seeded: {result.summary}", style="bold")


def _exceptions(evidence: Evidence, status: AuditStatus, identifiers: set[str]) -> Iterator[tuple[str, ExceptionItem]]:
    for step in status.steps:
        if step.workpaper is not None:
            workpaper = Workpaper.model_validate_json(evidence.read(step.workpaper))
            for item in _all_of(evidence, workpaper, identifiers):
                yield workpaper.procedure, item


def _all_of(evidence: Evidence, workpaper: Workpaper, identifiers: set[str]) -> Iterator[ExceptionItem]:
    """Each exception once, from its first row; facts are the fields by which the truth knows things."""
    known: set[str] = set()
    for row in pq.read_table(evidence.path(workpaper.exceptions)).to_pylist():
        ref = row["exception_ref"]
        if ref in known:
            continue
        known.add(ref)
        yield ExceptionItem(
            ref=ref,
            key=row["exception_key"],
            reason=row["exception_reason"],
            score=row["exception_score"],
            facts={name: str(row[name]) for name in identifiers if row.get(name) is not None},
            sources=(),
            source_count=row["exception_rows"],
        )
