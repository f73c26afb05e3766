"""What the demo shows at its end: found against seeded, the report's files, and where to look."""

from collections import Counter
from itertools import chain
from pathlib import Path

from rich.console import Console

from audit_agent.cli.printing import table
from audit_agent.cli.report import ReportFormat, write_whole
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.plan import VOUCHING
from audit_agent.domain.record import Digest
from audit_agent.domain.workpaper import Workpaper
from audit_agent.reports.model import AuditReport
from audit_agent.reports.render import render
from audit_agent.sample.score import SampleScore, score
from audit_agent.sample.stored import stored_exceptions
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
    papers = (evidence.read(step.workpaper) for step in status.steps if step.workpaper is not None)
    found = (stored_exceptions(Workpaper.model_validate_json(paper), evidence) for paper in papers)
    return score(truth, chain.from_iterable(found))


def vouched(evidence: Evidence, status: AuditStatus) -> Workpaper | None:
    """The workpaper of the step that vouched documents, where the audit has one."""
    papers = [step.workpaper for step in status.steps if step.procedure == VOUCHING and step.workpaper is not None]
    return Workpaper.model_validate_json(evidence.read(papers[0])) if papers else None


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
    out.print("One irregularity may be behind several exceptions, such as both sides of a journal.", style="dim")
    for match in result.missed:
        out.print(f"Missed: {match.item.id} {match.item.procedure} {match.item.description}", style="yellow")
    out.print(f"Found against seeded: {result.summary}", style="bold")
