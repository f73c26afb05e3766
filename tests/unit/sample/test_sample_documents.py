"""The sample company's documents: 200 of three forms, the same for a seed, and their truth is what is written."""

import csv
import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.cli.main import run
from audit_agent.sample.company import Company, run_year
from audit_agent.sample.documents.choosing import COUNT, Supporting, supporting_documents
from audit_agent.sample.documents.differences import DIFFERENCES, LOOK_ALIKES
from audit_agent.sample.documents.form import Form
from audit_agent.sample.publish import FolderTakenError, publish_sample
from audit_agent.sample.truth import SampleTruth, load_truth
from audit_agent.sample.writer import LIST, generate

SEED = 7


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("documents")
    generate(place, SEED, documents=True)
    return place


@pytest.fixture(scope="module")
def truth(folder: Path) -> SampleTruth:
    return load_truth(folder / "truth.json")


@pytest.fixture(scope="module")
def company() -> Company:
    return run_year(SEED)


@pytest.fixture(scope="module")
def documents(company: Company) -> dict[str, Supporting]:
    return {document.path: document for document in supporting_documents(company, SEED)}


def files(folder: Path) -> dict[str, bytes]:
    below = folder / "documents"
    return {path.relative_to(below).as_posix(): path.read_bytes() for path in below.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, SEED, documents=True)

    assert files(tmp_path) == files(folder)
    assert (tmp_path / "truth.json").read_bytes() == (folder / "truth.json").read_bytes()


def test_the_books_are_those_without_documents(folder: Path, tmp_path: Path) -> None:
    generate(tmp_path, SEED)

    for path in (tmp_path / "books").iterdir():
        assert path.read_bytes() == (folder / "books" / path.name).read_bytes(), path.name
    assert not (tmp_path / "documents").exists()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_any_seed_gives_200_documents_of_three_forms_and_every_seeded_kind(seed: int) -> None:
    chosen = supporting_documents(run_year(seed), seed)

    forms = Counter(document.form for document in chosen)
    kinds = Counter(document.seed.kind for document in chosen if document.seed)
    assert len({document.path for document in chosen}) == COUNT
    assert {form: round(forms[form] / 10) for form in Form} == dict.fromkeys(Form, 7)
    assert kinds == {seeded.kind: seeded.count for seeded in (*DIFFERENCES, *LOOK_ALIKES)}


def test_the_list_names_every_document_and_the_row_of_some(folder: Path, documents: dict[str, Supporting]) -> None:
    with (folder / "documents" / LIST).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [row["document"] for row in rows] == sorted(documents)
    named = {row["document"]: row["Invoice_ID"] for row in rows if row["Invoice_ID"]}
    assert 80 < len(named) < 160
    booked = {path: document.booked for path, document in documents.items() if document.named}
    assert named == {path: invoice.id for path, invoice in booked.items() if invoice}


def test_the_files_are_those_that_are_to_be_there(folder: Path, documents: dict[str, Supporting]) -> None:
    absent = {path for path, document in documents.items() if document.seed and not document.seed.written}

    assert set(files(folder)) == (set(documents) - absent) | {LIST}
    assert len(absent) == 2


def test_the_truth_tells_what_is_seeded(truth: SampleTruth, documents: dict[str, Supporting]) -> None:
    items = {item.where.fields["Document"][0]: item for item in truth.items if item.procedure == "DOC-01"}

    seeded = {path: document for path, document in documents.items() if document.seed}
    assert items.keys() == seeded.keys()
    for path, document in seeded.items():
        assert document.seed is not None
        assert items[path].legitimate == bool(document.seed.why)
        assert items[path].amount == Decimal(document.bill.total).scaleb(-2)


def test_documents_without_a_seeded_difference_say_what_is_booked(documents: dict[str, Supporting]) -> None:
    for document in documents.values():
        if document.seed and not document.seed.why:
            continue
        bill, booked = document.bill, document.booked
        assert booked is not None
        assert (bill.day, bill.due, bill.currency) == (booked.day, booked.due, "EUR")
        assert (bill.net, bill.tax, bill.total) == (abs(booked.net), abs(booked.tax), abs(booked.gross))
        assert bill.net + bill.tax == bill.total
        off = bill.net - sum(line.amount for line in bill.lines)
        assert abs(off) == (document.seed is not None and document.seed.kind == "rounding cent")


@pytest.mark.parametrize("kind", [seeded.kind for seeded in DIFFERENCES])
def test_each_seeded_difference_is_there(kind: str, documents: dict[str, Supporting]) -> None:
    for document in documents.values():
        if document.seed is None or document.seed.kind != kind:
            continue
        bill, booked = document.bill, document.booked
        differing = {
            "amount": booked is not None and bill.total != booked.gross and bill.net + bill.tax == bill.total,
            "date": booked is not None and bill.day != booked.day,
            "number": booked is not None and bill.number != booked.number and document.named,
            "currency": bill.currency != "EUR",
            "supplier": booked is not None and bill.sender.name != booked.supplier.name,
            "sum": booked is not None and bill.total == booked.gross and bill.net + bill.tax != bill.total,
            "not booked": booked is None,
            "missing": not document.seed.written,
            "unreadable": document.seed.damaged,
        }
        assert [name for name, there in differing.items() if there] == [kind], document.path


def test_what_is_not_booked_has_a_number_of_no_invoice(company: Company, documents: dict[str, Supporting]) -> None:
    booked = {invoice.number for invoice in company.purchasing.invoices}

    assert not booked & {document.bill.number for document in documents.values() if document.booked is None}


def test_an_earlier_sample_with_documents_is_replaced_by_one_without(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "sample")

    publish_sample(tmp_path / "sample", 7, documents=False)

    assert not (tmp_path / "sample" / "documents").exists()


def test_something_put_beside_the_documents_is_not_lost(folder: Path, tmp_path: Path) -> None:
    sample = tmp_path / "sample"
    shutil.copytree(folder, sample)
    (sample / "documents" / "note.txt").write_text("mine")

    with pytest.raises(FolderTakenError, match=r"documents/note\.txt"):
        publish_sample(sample, 8)


def test_the_command_points_to_the_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", str(tmp_path / "s")]) == 0

    assert f"documents check {tmp_path / 's' / 'documents' / LIST}" in capsys.readouterr().out
