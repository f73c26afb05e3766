"""SMP-03: a sample of the books, and what its audited items say of the population."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from audit_agent.books.population import PopulationError
from audit_agent.books.tables import MemoryTables
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import StepId
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import perform
from audit_agent.procedures.sampled import draw
from audit_agent.procedures.smp_03_sample import PROCEDURE, Parameters
from audit_agent.store.evidence import FolderEvidence

INVOICES = [
    {
        "Invoice_ID": f"I{n}",
        "Supplier_Account_ID": "V1",
        "Invoice_Date": "2025-03-12",
        "Invoice_Amount": f"{10 + 7 * n % 90}.50",
        "Amount_Currency": "EUR",
    }
    for n in range(400)
]
LARGE = INVOICES[0] | {"Invoice_ID": "L", "Invoice_Amount": "5000.00"}
ROWS = {"Invoices_Received": [*INVOICES, LARGE]}
ASKED = {"tolerable": "1500", "seed": "7"}

Sampled = Callable[..., Workpaper]


@pytest.fixture
def sampled(evidence: FolderEvidence) -> Sampled:
    """The workpaper, with these files handed in."""

    def run(*files: Path, rows: dict[str, list[dict[str, Any]]] = ROWS, **parameters: str) -> Workpaper:
        step = PlanStep(
            id=StepId("S01"), procedure="SMP-03", title="-", risk="R1", why="-", parameters=ASKED | parameters
        )
        with MemoryTables(rows) as tables:
            return perform(step, tables, evidence, "EUR", files=files)

    return run


def chosen() -> list[dict[str, str]]:
    """The items as an auditor is given them, audited as in the books."""
    with MemoryTables(ROWS) as tables:
        sample = draw(tables, Parameters.parse(PROCEDURE.id, ASKED).wanted)
    return [
        {
            "Source_File": row["sample_file"],
            "Source_Row": str(row["sample_row"]),
            "Book_Value": str(row["book"]),
            "Audited_Value": str(row["book"]),
            "Stratum": row["stratum"],
        }
        for row in sample.rows().to_pylist()
    ]


def written(path: Path, items: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(items[0]))
        writer.writeheader()
        writer.writerows(items)
    return path


def test_without_audited_values_it_tells_what_was_chosen_and_judges_nothing(sampled: Sampled) -> None:
    paper = sampled()

    assert (paper.exception_count, paper.population) == (0, 401)
    assert paper.statistics["Items of the top stratum"] == "1"
    assert paper.statistics["Items chosen"] == str(len(chosen()))
    assert paper.statistics["Judgement"] == "none, nobody has handed in audited values"
    assert paper.computed[0].rows == len(chosen())


def test_the_same_books_and_seed_choose_the_same_items(sampled: Sampled) -> None:
    assert sampled().computed == sampled().computed
    assert sampled().computed != sampled(seed="8").computed


def test_audited_values_are_projected_and_misstated_items_are_exceptions(sampled: Sampled, tmp_path: Path) -> None:
    items = chosen()
    drawn = next(item for item in items if item["Stratum"] == "sample")
    drawn["Audited_Value"] = str(Decimal(drawn["Book_Value"]) / 2)
    next(item for item in items if item["Stratum"] == "top")["Audited_Value"] = "4900"

    paper = sampled(written(tmp_path / "items.csv", items))

    assert [item.amount for item in paper.top] == [Decimal(100), Decimal(drawn["Book_Value"]) / 2]
    assert paper.top[0].reason == ("Booked at 5,000.00 EUR, audited at 4,900.00 EUR; it is as large as the interval.")
    assert paper.top[1].sources[0].row == int(drawn["Source_Row"])
    # One taint of 50% for an interval, and what is known of the top stratum.
    projected = Decimal(paper.statistics["Interval"]) / 2 + 100
    assert abs(Decimal(paper.statistics["Likely misstatement"]) - projected) < 5
    assert Decimal(paper.statistics["Upper bound of overstatement"]) > 1500
    assert paper.statistics["Judgement"] == "more than is tolerable may be misstated"
    assert "with 95% confidence" in paper.conclusion


def test_a_clean_sample_stays_within_what_is_tolerable(sampled: Sampled, tmp_path: Path) -> None:
    paper = sampled(written(tmp_path / "items.csv", chosen()))

    assert paper.exception_count == 0
    assert paper.statistics["Judgement"] == "within what is tolerable"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda items: items[1].update(Audited_Value=""), "items have no audited value, such as memory.csv:"),
        (lambda items: items[1].update(Book_Value="1.00"), "has the book value 1.00; in the books it is"),
        (lambda items: items.append(items[1] | {"Source_Row": "9999"}), "memory.csv:9999 is no item of this sample"),
        (lambda items: items[1].update(Audited_Value="a lot"), "'a lot' is no number"),
        (lambda items: [item.pop("Source_Row") for item in items], "has no column Source_Row"),
    ],
)
def test_a_file_that_is_not_the_sample_is_refused(
    sampled: Sampled, tmp_path: Path, change: Callable[[list[dict[str, str]]], object], message: str
) -> None:
    items = chosen()
    change(items)

    with pytest.raises(PopulationError, match=message):
        sampled(written(tmp_path / "items.csv", items))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"table": "Payroll"}, "carry no table Payroll"),
        ({"where": "Colour=red"}, "has no column Colour"),
        ({"tolerable": "0.01", "expected": "5"}, "expected"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(sampled: Sampled, parameters: dict[str, str], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        sampled(**parameters)


def test_a_population_smaller_than_the_interval_is_looked_at_whole(sampled: Sampled, tmp_path: Path) -> None:
    rows = {"Invoices_Received": [LARGE, LARGE | {"Invoice_ID": "M"}]}
    items = [
        {"Source_File": "memory.csv", "Source_Row": row, "Book_Value": "5000.00", "Audited_Value": audited}
        for row, audited in (("2", "5000"), ("3", "4000"))
    ]

    paper = sampled(written(tmp_path / "items.csv", items), rows=rows)

    assert (paper.statistics["Likely misstatement"], paper.statistics["Evaluation"]) == (
        "1000.00",
        "every item was looked at",
    )
