"""Every figure of a report leads back to its rows, and a changed cent moves what depends on it and nothing else."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.domain.workpaper import Workpaper
from audit_agent.programs import load_program
from audit_agent.reports.errors import UnknownFigureError
from audit_agent.reports.figure import Figure, figures
from audit_agent.sample.writer import generate
from audit_agent.tracing import Trace, trace
from tests.peers.whole_audits import WholeAudit, audit_books

AS_A_WHOLE = ("totals.", "materiality.", "sources.", "books.")
"""Figures that no step computed."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    generate(folder, 7)
    return folder / "books"


@pytest.fixture(scope="module")
def audited(books: Path, tmp_path_factory: pytest.TempPathFactory) -> WholeAudit:
    return audit_books(books, load_program("general"), tmp_path_factory.mktemp("home"))


def traced(audited: WholeAudit, ref: str, most: int = 20) -> Trace:
    return trace(audited.report, audited.digest, ref, audited.evidence, most)


@pytest.fixture(scope="module")
def traces(audited: WholeAudit) -> dict[str, Trace]:
    """The trace of every figure in the report, a few rows each."""
    return {one.ref: traced(audited, one.ref, 2) for one in figures(audited.report.report)}


def test_every_figure_of_the_report_can_be_traced(audited: WholeAudit, traces: dict[str, Trace]) -> None:
    assert len(traces) > 200
    assert not [ref for ref, found in traces.items() if not found.value]
    assert not [ref for ref, found in traces.items() if not (found.step or ref.startswith(AS_A_WHOLE))]
    assert not [ref for ref, found in traces.items() if not (found.sources or ref.startswith("totals."))]


def test_what_is_added_up_again_from_the_evidence_agrees(audited: WholeAudit, traces: dict[str, Trace]) -> None:
    again = {ref: found.recomputed for ref, found in traces.items() if found.recomputed}

    assert {ref.partition(".")[2] for ref in again} >= {
        "amount",
        "count",
        "exceptions.lines",
        "dismissed.count",
        "rows",
    }
    assert not [ref for ref, found in again.items() if not found.agrees]


def test_sums_name_figures_that_add_up_to_them(audited: WholeAudit, traces: dict[str, Trace]) -> None:
    values = {one.ref: one.value for one in figures(audited.report.report) if isinstance(one, Figure)}
    sums = [ref for ref in traces if ref in ("totals.rows", "totals.exceptions.count", "books.rejected")]
    sums += [ref for ref in traces if ref.endswith(".flagged.count")]

    assert len(sums) > 4
    assert {ref: sum(values[part] for part in traces[ref].adds_up) for ref in sums} == {
        ref: values[ref] for ref in sums
    }


def test_an_exception_shows_the_very_line_of_the_source_file(audited: WholeAudit, books: Path) -> None:
    found = traced(audited, "S01-E00001.amount")

    (exception,) = found.exceptions
    row = exception.rows[0]
    with (books / row.file).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file, delimiter=";" if ";" in file.readline() else ","))
    assert row.values["Journal_ID"] in lines[row.row - 2]
    assert [source.sha256 for source in found.sources if source.name == row.file] == [row.sha256]


def test_a_finding_names_step_query_rows_and_who_agreed(audited: WholeAudit) -> None:
    found = traced(audited, "F-01")

    assert found.finding is not None
    assert found.step is not None
    paper = next(paper for paper in audited.workpapers if paper.step == found.step.step)
    assert (found.step.sql, found.step.version, found.step.parameters) == (
        paper.sql,
        paper.procedure_version,
        paper.parameters,
    )
    assert [(made.gate.value, made.person) for made in found.decisions] == [
        ("plan", "user:carol"),
        ("findings", "user:carol"),
        ("report", "user:carol"),
    ]
    assert found.exceptions[0].rows[0].values


def test_what_a_rule_dismissed_can_be_traced_too(audited: WholeAudit) -> None:
    step = next(paper.step for paper in audited.workpapers if paper.dismissed)

    found = traced(audited, f"{step}-D00001")

    assert found.exceptions[0].rule
    assert found.exceptions[0].rows


@pytest.mark.parametrize("ref", ["F-99", "S01-E99999", "S77.population", "S01.colour", "H-01.amount", "nonsense", ""])
def test_a_ref_that_is_not_there_says_what_refs_look_like(audited: WholeAudit, ref: str) -> None:
    with pytest.raises(UnknownFigureError) as caught:
        traced(audited, ref)

    assert "F-01.amount" in caught.value.advice


def test_a_changed_cent_changes_exactly_what_depends_on_it(audited: WholeAudit, books: Path, tmp_path: Path) -> None:
    """One invoice of a duplicate pair costs another cent: the pair is none any more, and its finding alone changes."""
    pair = next(paper for paper in audited.workpapers if paper.procedure == "P2P-01").top[0]
    copy = tmp_path / "books"
    copy.mkdir()
    for file in books.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    changed = copy / pair.sources[0].file
    lines = changed.read_text(encoding="utf-8").splitlines(keepends=True)
    place = pair.sources[0].row - 1
    assert pair.amount is not None
    written = next(form for form in _written(pair.amount) if form in lines[place])
    lines[place] = lines[place].replace(written, written[:-1] + ("1" if written[-1] == "0" else "0"), 1)
    changed.write_text("".join(lines), encoding="utf-8")

    again = audit_books(copy, load_program("general"), tmp_path)

    moved = [
        before.procedure
        for before, after in zip(audited.workpapers, again.workpapers, strict=True)
        if _told(before) != _told(after)
    ]
    assert moved == ["P2P-01"]
    gone = {item.key for item in _paper(audited, "P2P-01").top} - {item.key for item in _paper(again, "P2P-01").top}
    assert gone == {pair.key}
    before, after = (
        {one.procedure: one.model_copy(update={"ref": ""}) for one in audit.findings.findings}
        for audit in (audited, again)
    )
    assert sorted(name for name in before if before[name] != after[name]) == moved


def _written(amount: Decimal) -> tuple[str, ...]:
    plain = f"{amount:.2f}"
    return (plain, plain.replace(".", ","), f"{amount:,.2f}", f"{amount:,.2f}".translate({44: 46, 46: 44}))


def _told(paper: Workpaper) -> object:
    """What a workpaper says, but for the digest of the file, which changes with every cent in it."""
    return (
        paper.conclusion,
        paper.statistics,
        paper.exception_amount,
        [
            (item.ref, item.key, item.reason, item.amount, [(one.file, one.row) for one in item.sources])
            for item in paper.top
        ],
    )


def _paper(audited: WholeAudit, procedure: str) -> Workpaper:
    return next(paper for paper in audited.workpapers if paper.procedure == procedure)
