"""The general programme over the sample books finds everything that was seeded, and can tell why."""

from pathlib import Path
from typing import NamedTuple

import pytest

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.ids import StepId
from audit_agent.domain.period import parse_period
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.program import ProgramProcedure
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import perform
from audit_agent.programs.loader import load_program
from audit_agent.sample.company import run_year
from audit_agent.sample.score import SampleScore, score
from audit_agent.sample.stored import stored_exceptions
from audit_agent.sample.truth import SampleTruth
from audit_agent.sample.writer import FILES, generate
from audit_agent.store.evidence import FolderEvidence


class Audited(NamedTuple):
    truth: SampleTruth
    manifest: BooksManifest
    workpapers: dict[str, Workpaper]
    score: SampleScore


def audit_sample(folder: Path, seed: int) -> Audited:
    truth = generate(folder, seed)
    evidence = FolderEvidence(folder / "evidence")
    _, manifest = import_books(folder / "books", evidence)
    with FrozenTables(manifest, evidence, parse_period("2025")) as tables:
        steps = [planned(entry) for entry in load_program("general").procedures]
        workpapers = {step.procedure: perform(step, tables, evidence, "EUR") for step in steps}
    found = (item for workpaper in workpapers.values() for item in stored_exceptions(workpaper, evidence))
    return Audited(truth, manifest, workpapers, score(truth, found))


def planned(entry: ProgramProcedure) -> PlanStep:
    return PlanStep(
        id=StepId(entry.id),
        procedure=entry.id,
        title=entry.id,
        risk=entry.risk,
        why="recall",
        parameters=entry.parameters,
    )


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return audit_sample(tmp_path_factory.mktemp("recall"), 7)


def test_every_file_is_recognised_as_its_table_and_no_row_is_refused(audited: Audited) -> None:
    recognised = {source.name: (source.table, source.rejected_rows) for source in audited.manifest.sources}

    assert recognised == {name: (name.removesuffix(".csv"), 0) for name in FILES}


def test_amounts_survive_the_dialects(audited: Audited) -> None:
    invoices = next(source for source in audited.manifest.sources if source.name == "Invoices_Received.csv")
    owed = sum(invoice.gross for invoice in run_year(7).purchasing.invoices)

    totals = invoices.imported_totals
    assert totals.debits is not None
    assert totals.credits is not None
    assert abs(totals.debits - totals.credits) * 100 == owed


def test_every_seeded_irregularity_is_found(audited: Audited) -> None:
    assert [f"{match.item.id} {match.item.procedure} {match.item.kind}" for match in audited.score.missed] == []


@pytest.mark.parametrize(
    "kind",
    [
        "rent",
        "credit note",
        "instalments",
        "same number, other supplier",
        "partial receipts",
        "price within tolerance",
        "closing window",
        "night batch",
        "weekend batch",
    ],
)
def test_look_alikes_that_the_rules_can_tell_apart_are_left_alone(audited: Audited, kind: str) -> None:
    flagged = {match.item.kind for match in audited.score.flagged_look_alikes}

    assert kind not in flagged


@pytest.mark.parametrize(
    "procedure", ["JE-02", "JE-03", "JE-04", "JE-05", "JE-06", "JE-07", "JE-08", "JE-09", "JE-15", "P2P-01", "P2P-04"]
)
def test_what_these_procedures_flag_is_all_in_the_truth(audited: Audited, procedure: str) -> None:
    assert audited.score.unseeded[procedure] == 0


def test_the_ledger_as_a_whole_departs_from_benfords_law(audited: Audited) -> None:
    assert audited.workpapers["JE-15"].statistics["First two digits: judgement"] == "nonconformity"
