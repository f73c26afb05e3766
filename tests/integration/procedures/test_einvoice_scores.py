"""P2P-12 against the test cases that come with EN 16931: each says which rule an invoice keeps or breaks."""

import re
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from lxml import etree

from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.domain.books import BooksManifest
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.invoice_sums import RATED, RULES, ZERO_RATED
from audit_agent.procedures.perform import perform
from audit_agent.store.evidence import FolderEvidence
from tests.unit.docs.pages import ROOT

_PAGE = ROOT / "docs" / "reference" / "einvoice-scores.md"
_ROW = re.compile(r"^\| (BR-[A-Z]+-\d\d) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
_NO_TAX = {f"BR-{letters}-09": "untaxed" for letters in ZERO_RATED.values()}
_RATED_TAX = {f"BR-{letters}-09": "taxes" for letters in RATED.values()}
_BASES = {f"BR-{letters}-08": "taxed" for letters in (ZERO_RATED | RATED).values()}
_SUMS = {rule.names: rule.column for rule in RULES if not rule.letters and rule.column != "second_tax"}
COLUMNS = _SUMS | _BASES | _NO_TAX | _RATED_TAX
"""Rule -> the difference that shows it broken."""


@dataclass(frozen=True)
class Case:
    """An invoice, and what its author says of one rule."""

    file: str
    rule: str
    breaks: bool


@pytest.fixture(scope="module")
def cases(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Case]]:
    """Every case of the rules that are tested, as a file of its own in a temporary folder."""
    folder = tmp_path_factory.mktemp("cases")
    found: list[Case] = []
    with tarfile.open(shared_data / "einvoice_ubl" / "tests.tar.gz") as archive:
        members = sorted((one for one in archive if one.name.endswith(".xml")), key=lambda one: one.name)
        for member in members:
            opened = archive.extractfile(member)
            assert opened is not None
            root = etree.fromstring(opened.read(), etree.XMLParser(resolve_entities=False, no_network=True))
            if etree.QName(root).localname == "testSet":
                found += _cases(root, member.name.removeprefix("./"), folder)
    return folder, found


def _cases(root: etree._Element, name: str, folder: Path) -> list[Case]:
    found = []
    for number, test in enumerate(root.iter("{*}test"), start=1):
        said = [
            (mark, one.text.strip())
            for mark in ("success", "error")
            for one in test.findall(f"{{*}}assert/{{*}}{mark}")
        ]
        invoice = next((one for one in test if etree.QName(one).localname != "assert"), None)
        wanted = [(mark, rule) for mark, rule in said if rule in COLUMNS]
        if invoice is None or not wanted:
            continue
        file = f"{name.removesuffix('.xml').replace('/', '-')}-{number}.xml"
        (folder / file).write_bytes(etree.tostring(invoice))
        found += [Case(file, rule, mark == "error") for mark, rule in wanted]
    return found


@pytest.fixture(scope="module")
def whole(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole invoices that come with the cases, in a temporary folder."""
    folder = tmp_path_factory.mktemp("whole")
    with tarfile.open(shared_data / "einvoice_ubl" / "tests.tar.gz") as archive:
        for member in archive:
            if member.name.startswith("./testfiles/") and member.name.endswith(".xml"):
                opened = archive.extractfile(member)
                assert opened is not None
                (folder / Path(member.name).name).write_bytes(opened.read())
    return folder


def _performed(folder: Path, evidence: FolderEvidence) -> tuple[BooksManifest, Workpaper]:
    """The workpaper over a folder of e-invoices, nothing dismissed."""
    _, manifest = import_books(folder, evidence)
    step = PlanStep(
        id=StepId("S01"), procedure="P2P-12", title="Scores", risk="R1", why="-", parameters={"dismiss": ""}
    )
    with FrozenTables(manifest, evidence) as tables:
        return manifest, perform(step, tables, evidence, "EUR")


@pytest.fixture(scope="module")
def flagged(cases: tuple[Path, list[Case]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The differences found in each invoice, nothing dismissed."""
    evidence = FolderEvidence(tmp_path_factory.mktemp("evidence"))
    _, paper = _performed(cases[0], evidence)
    rows = pq.read_table(evidence.path(paper.exceptions)).to_pylist()
    return {row["Invoice_ID"]: {rule.column for rule in RULES if row[rule.column]} for row in rows}


def test_the_page_shows_what_is_found_of_each_rule(
    cases: tuple[Path, list[Case]], flagged: dict[str, set[str]]
) -> None:
    counted: Counter[tuple[str, bool, bool]] = Counter()
    for case in cases[1]:
        columns = {COLUMNS[case.rule]} | ({"second_tax"} if case.rule == "BR-CO-15" else set())
        found = bool(columns & flagged.get(case.file, set()))
        counted[case.rule, case.breaks, found] += 1
        if found != case.breaks:
            print("differs:", case, flagged.get(case.file))
    scores = {
        rule: (
            counted[rule, True, True] + counted[rule, True, False],
            counted[rule, True, True],
            counted[rule, False, True] + counted[rule, False, False],
            counted[rule, False, True],
        )
        for rule in sorted(COLUMNS)
    }
    for rule, score in scores.items():
        print(f"| {rule} | {' | '.join(map(str, score))} |")

    shown = {rule: tuple(map(int, figures)) for rule, *figures in _ROW.findall(_PAGE.read_text(encoding="utf-8"))}

    assert shown == scores


def test_no_whole_invoice_is_flagged(whole: Path, evidence: FolderEvidence) -> None:
    manifest, paper = _performed(whole, evidence)
    print(paper.population, paper.exception_count)

    assert manifest.rejects is None
    assert (paper.population, paper.exception_count) == (29, 0)
