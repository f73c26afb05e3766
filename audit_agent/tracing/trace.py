"""Follow a REF through a report and the evidence behind it."""

import re
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from audit_agent.books.importing import load_manifest
from audit_agent.domain.books import SourceFile
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.finding import FindingSet
from audit_agent.domain.money import show
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest
from audit_agent.domain.workpaper import TableRead, Workpaper
from audit_agent.investigating.reader import BooksReader
from audit_agent.reports import wording
from audit_agent.reports.errors import UnknownFigureError
from audit_agent.reports.figure import Figure, figures
from audit_agent.reports.model import AuditReport
from audit_agent.reports.parts import FindingPart, HoldPart, StepResult
from audit_agent.reports.run import DecisionTaken
from audit_agent.tracing.chain import Recomputed, Trace, TracedFinding, TracedStep
from audit_agent.tracing.flagged import FlaggedRows, Sums

SHOWN = 20
"""Exceptions a trace lists, and rows of each."""

_EXCEPTION = re.compile(r"(S\d+)-([ED])\d+")
_SUMS = {
    "totals.rows": r"books\.\w+\.rows",
    "totals.exceptions.count": r"S\d+\.exceptions\.count",
    "totals.findings.amount": r"F-\d+\.amount",
    "totals.findings.count": r"F-\d+\.count",
    "totals.holds.amount": r"H-\d+\.amount",
    "totals.steps": r"S\d+\.population",
    "materiality": r"materiality\.basis",
    "books.rejected": r"sources\.\d+\.rejected",
}
"""What a figure is made from: the beginning of its REF, and the REFs of its parts."""

Links = Mapping[str, Any]
"""Parts of a `Trace`."""


def trace(report: AuditReport, digest: Digest, ref: str, evidence: Evidence, most: int = SHOWN) -> Trace:
    """The chain behind a REF of a report: a figure, an exception, a finding, a step or a hold.

    `digest` is that of the report's blob; `most` limits exceptions, and rows of each. What can be added up again from
    the evidence is, and the trace says whether it agrees. Raises UnknownFigureError, and NotFoundError where evidence
    is missing.
    """
    tracer = _Tracer(report, evidence, most)
    with tracer.reader:
        links = tracer.follow(ref)
    return Trace.model_validate({"audit": report.run.audit, "ref": ref, "report": digest, **links})


class _Tracer:
    """Reads one report; every method answers with the links of what it is asked for."""

    def __init__(self, report: AuditReport, evidence: Evidence, most: int) -> None:
        self._body, self._made = report.report, report.run.decisions
        self._figures = {figure.ref: figure for figure in figures(self._body)}
        self._manifest = load_manifest(self._body.digests.books, evidence)
        self._evidence, self._most = evidence, most
        self.reader = BooksReader(self._manifest, evidence)

    def follow(self, ref: str) -> Links:
        subject, _, part = ref.partition(".")
        if match := _EXCEPTION.fullmatch(subject):
            return self._exception(ref, subject, self._result(match[1], ref), dismissed=match[2] == "D")
        if part and ref not in self._figures:
            raise UnknownFigureError(ref)
        if finding := _named(self._body.findings, subject):
            return self._finding(ref, finding)
        if result := next((one for one in self._body.results if one.step == subject), None):
            return self._step(ref, part, result)
        if hold := _named(self._body.holds.holds if self._body.holds else (), subject):
            return self._hold(ref, hold)
        if not part:
            raise UnknownFigureError(ref)
        return self._of_the_whole(ref, subject, part)

    def _exception(self, ref: str, item: str, result: StepResult, dismissed: bool) -> Links:
        blob = result.dismissed.items if dismissed and result.dismissed else result.all_exceptions
        flagged = self._flagged(blob)
        found = flagged.exceptions([item], self._most)
        if not found:
            raise UnknownFigureError(ref)
        (one,) = found
        amount = "" if one.amount is None else show(one.amount, one.currency)
        return {
            "what": f"{'What a rule dismissed' if dismissed else 'Exception'}: {one.key}",
            "value": self._value(ref) or amount,
            "exceptions": found,
            "recomputed": self._recomputed(ref, flagged.sums(only=item), "the rows of the exception in evidence"),
            **self._computed_by(result, {row.table for row in one.rows}),
        }

    def _finding(self, ref: str, finding: FindingPart) -> Links:
        result = self._result(finding.step, ref)
        flagged = self._flagged(result.all_exceptions)
        explained = self._not_counted(finding)
        how = "the exceptions in evidence that no investigation explained"
        return {
            "what": f"Finding {finding.ref}: {finding.title}",
            "value": self._value(ref),
            "recomputed": self._recomputed(ref, flagged.sums(without=explained), how),
            **self._listed(flagged, int(finding.exception_count.value), explained),
            **self._computed_by(result, self._tables_read(result)),
        }

    def _step(self, ref: str, part: str, result: StepResult) -> Links:
        flagged, count, rule = self._flagged(result.all_exceptions), int(result.exception_count.value), ""
        if part.startswith("dismissed") and result.dismissed is not None:
            flagged, count = self._flagged(result.dismissed.items), int(result.dismissed.count.value)
            rules = (one.rule for one in result.dismissed.rules if ref in (one.exceptions.ref, one.lines.ref))
            rule = next(rules, "")
        links: dict[str, Any] = {
            "what": f"Step {result.step}: {result.title}",
            "value": self._value(ref),
            **self._computed_by(result, self._tables_read(result)),
        }
        if part == "flagged.count":
            links["adds_up"] = (f"{result.step}.exceptions.count", f"{result.step}.dismissed.count")
        if not part or part.startswith(("exceptions", "dismissed")):
            links |= self._listed(flagged, count)
            links["recomputed"] = self._recomputed(ref, flagged.sums(rule=rule), "the rows in evidence")
        return links

    def _hold(self, ref: str, hold: HoldPart) -> Links:
        (finding,) = (one for one in self._body.findings if one.ref == hold.finding)
        result = self._result(finding.step, ref)
        behind = hold.reason.partition(":")[0]
        return {
            "what": f"Payment hold on {hold.item} of {hold.supplier}",
            "value": self._value(ref),
            "exceptions": self._flagged(result.all_exceptions).exceptions([behind], self._most),
            **self._computed_by(result, self._tables_read(result)),
            "decisions": self._decisions(*Gate),
        }

    def _of_the_whole(self, ref: str, subject: str, part: str) -> Links:
        """Figures of the report, the books and materiality, which no step computed."""
        tables = [table.name for table in self._manifest.tables]
        sources: tuple[SourceFile, ...] = self._manifest.sources
        what = {"totals": "A sum over the whole report", "materiality": "Materiality, as agreed with the plan"}
        if subject == "books" and part != "rejected":
            tables = [part.partition(".")[0]]
            sources = self._files(tables)
        if subject == "sources":
            sources = (sources[int(part.partition(".")[0]) - 1],)
            tables = [sources[0].table]
        return {
            "what": what.get(subject, "Rows and control totals of the books as given and as imported"),
            "value": self._value(ref),
            "adds_up": self._parts(ref),
            "recomputed": self._counted_again(ref, tables),
            "tables": tuple(self._read(name) for name in tables),
            "sources": sources,
            "decisions": self._decisions(Gate.PLAN, Gate.REPORT),
        }

    def _parts(self, ref: str) -> tuple[str, ...]:
        """The figures it is made from."""
        if of_severity := re.fullmatch(r"totals\.findings\.(high|medium|low)", ref):
            return tuple(f"{one.ref}.count" for one in self._body.findings if one.severity.value == of_severity[1])
        pattern = next((parts for start, parts in _SUMS.items() if ref.startswith(start)), "")
        return tuple(name for name in self._figures if re.fullmatch(pattern, name) and name != ref)

    def _counted_again(self, ref: str, tables: list[str]) -> Recomputed | None:
        if not re.fullmatch(r"books\.\w+\.rows|totals\.rows", ref):
            return None
        counts = (self.reader.run(f"SELECT count(*) FROM {self.reader.view(name)}")[1][0][0] for name in tables)
        return self._compared(ref, Decimal(sum(counts)), "the rows of the frozen tables")

    def _computed_by(self, result: StepResult, tables: Iterable[str]) -> Links:
        """The step behind a figure, its finding, the files it read, and who agreed to it."""
        paper = Workpaper.model_validate_json(self._evidence.read(result.workpaper))
        finding = next((one for one in self._body.findings if one.step == result.step), None)
        gates = (Gate.PLAN, Gate.FINDINGS, Gate.REPORT) if finding else (Gate.PLAN, Gate.REPORT)
        return {
            "step": TracedStep(
                step=result.step,
                title=result.title,
                procedure=result.procedure,
                version=result.procedure_version,
                parameters=result.parameters,
                reads=result.reads,
                computed=paper.computed,
                sql=result.sql,
                workpaper=result.workpaper,
                exceptions=result.all_exceptions,
            ),
            "finding": finding and self._traced(finding),
            "sources": self._files(tables),
            "decisions": self._decisions(*gates),
        }

    def _traced(self, finding: FindingPart) -> TracedFinding:
        return TracedFinding(
            ref=finding.ref,
            title=finding.title,
            severity=finding.severity.value,
            explained=self._not_counted(finding),
            investigations=tuple(one.paper for one in finding.investigations),
        )

    def _not_counted(self, finding: FindingPart) -> tuple[str, ...]:
        """What investigations explained, unless a reviewer let it count all the same."""
        found = FindingSet.model_validate_json(self._evidence.read(self._body.digests.findings))
        if finding.ref in found.upheld:
            return ()
        return tuple(ref for one in finding.investigations for ref in one.explained)

    def _flagged(self, blob: Digest) -> FlaggedRows:
        return FlaggedRows(blob, self._evidence, self.reader)

    def _listed(self, flagged: FlaggedRows, count: int, without: Collection[str] = ()) -> Links:
        refs = flagged.refs(without, self._most)
        return {"exceptions": flagged.exceptions(refs, self._most), "more_exceptions": max(0, count - len(refs))}

    def _recomputed(self, ref: str, sums: Sums, how: str) -> Recomputed | None:
        figure = self._figures.get(ref)
        if not isinstance(figure, Figure):
            return None
        if figure.money:
            return self._compared(ref, sums.amounts.get(figure.unit, Decimal(0)), how)
        return self._compared(ref, Decimal(sums.lines if figure.unit == "rows" else sums.exceptions), how)

    def _compared(self, ref: str, value: Decimal, how: str) -> Recomputed | None:
        figure = self._figures[ref]
        return Recomputed(value=value, agrees=value == figure.value, how=how) if isinstance(figure, Figure) else None

    def _value(self, ref: str) -> str:
        figure = self._figures.get(ref)
        return "" if figure is None else wording.stated(figure)

    def _result(self, step: str, ref: str) -> StepResult:
        for result in self._body.results:
            if result.step == step:
                return result
        raise UnknownFigureError(ref)

    def _tables_read(self, result: StepResult) -> set[str]:
        return {read.table for read in result.reads}

    def _files(self, tables: Iterable[str]) -> tuple[SourceFile, ...]:
        named = set(tables)
        return tuple(source for source in self._manifest.sources if source.table in named)

    def _read(self, name: str) -> TableRead:
        table = next(table for table in self._manifest.tables if table.name == name)
        return TableRead(table=name, digest=table.digest, rows=table.rows)

    def _decisions(self, *gates: Gate) -> tuple[DecisionTaken, ...]:
        return tuple(one for one in self._made if one.gate in gates)


def _named(parts: Iterable[Any], ref: str) -> Any:
    return next((one for one in parts if one.ref == ref), None)
