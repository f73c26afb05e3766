"""The sample's truth: every seeded item is in the books and is what it says it is."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from audit_agent.sample.truth import (
    SampleTruth,
    TruthItem,
    TruthMissingError,
    TruthUnreadableError,
    load_truth,
)
from audit_agent.sample.writer import generate

Row = dict[str, str]

SEEDED_PROCEDURES = ("JE-02 JE-03 JE-04 JE-05 JE-06 JE-07 JE-08 JE-09 JE-10 JE-11 JE-15 P2P-01 P2P-04").split()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("truth")
    generate(place, 7)
    return place


@pytest.fixture(scope="module")
def truth(folder: Path) -> SampleTruth:
    return load_truth(folder / "truth.json")


@pytest.fixture(scope="module")
def books(folder: Path) -> dict[str, list[Row]]:
    tables = {}
    for path in (folder / "books").iterdir():
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file, delimiter=";" if path.stem == "Invoices_Received" else ","))
    return tables


def irregular(truth: SampleTruth, procedure: str) -> list[TruthItem]:
    return [item for item in truth.irregularities if item.procedure == procedure]


def lines_of(books: dict[str, list[Row]], item: TruthItem) -> list[Row]:
    wanted = item.where.fields["Journal_ID"]
    return [row for row in books["GL_Detail"] if row["Journal_ID"] in wanted]


def test_there_are_irregularities_of_every_kind_and_at_least_20(truth: SampleTruth) -> None:
    assert len(truth.irregularities) >= 20
    assert {item.procedure for item in truth.irregularities} == set(SEEDED_PROCEDURES)


def test_there_are_look_alikes_each_with_its_reason(truth: SampleTruth) -> None:
    assert len(truth.look_alikes) >= 12
    assert all(item.why for item in truth.look_alikes)


def test_ids_are_unique(truth: SampleTruth) -> None:
    assert max(Counter(item.id for item in truth.items).values()) == 1


def test_every_item_can_be_found_in_the_books(truth: SampleTruth, books: dict[str, list[Row]]) -> None:
    visible = books | {"GL_Detail": [*books["GL_Detail"], *books["Journal_Log"]]}
    for item in truth.items:
        for name, values in item.where.fields.items():
            if name.startswith("First_"):
                continue
            present = {row.get(name) for row in visible[item.where.table]}
            never_used = item.kind.startswith("missing")
            assert never_used or set(values) <= present, (item.id, name)
            assert set(values) & present, (item.id, name)


def test_the_books_do_not_tell_what_is_seeded(truth: SampleTruth, folder: Path) -> None:
    text = b"".join(path.read_bytes() for path in (folder / "books").iterdir()).lower()

    assert not any(item.description.lower().encode() in text for item in truth.items)
    assert all(word not in text for word in (b"irregular", b"seeded", b"look-alike", b"fraud"))


def test_missing_numbers_are_missing(truth: SampleTruth, books: dict[str, list[Row]]) -> None:
    used = {row["Journal_ID"] for row in books["GL_Detail"]}
    for item in irregular(truth, "JE-03"):
        if item.kind.startswith("missing"):
            before, *gone, after = item.where.fields["Journal_ID"]
            assert {before, after} <= used
            assert not used & set(gone)


def test_journal_numbers_have_no_other_gaps(truth: SampleTruth, books: dict[str, list[Row]]) -> None:
    numbers: dict[str, set[int]] = defaultdict(set)
    for row in books["GL_Detail"]:
        prefix, _, digits = row["Journal_ID"].partition("-")
        numbers[prefix].add(int(digits))
    missing = {
        f"{prefix}-{number:06d}" for prefix, used in numbers.items() for number in set(range(1, max(used))) - used
    }

    seeded = {
        number
        for item in irregular(truth, "JE-03")
        if item.kind.startswith("missing")
        for number in item.where.fields["Journal_ID"][1:-1]
    }
    assert missing == seeded


def test_the_log_differs_from_the_ledger_where_seeded_and_nowhere_else(
    truth: SampleTruth, books: dict[str, list[Row]]
) -> None:
    difference: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in books["GL_Detail"]:
        difference[row["Journal_ID"], row["Amount_Credit_Debit_Indicator"]] += Decimal(row["Amount"])
    for row in books["Journal_Log"]:
        difference[row["Journal_ID"], row["Amount_Credit_Debit_Indicator"]] -= Decimal(row["Total"])

    differing = {journal for (journal, _), amount in difference.items() if amount}
    assert differing == {item.where.fields["Journal_ID"][0] for item in irregular(truth, "JE-04")}


def is_off_day(row: Row, books: dict[str, list[Row]]) -> bool:
    holidays = {holiday["Holiday_Date"] for holiday in books["Holidays"]}
    return date.fromisoformat(row["Entered_Date"]).weekday() >= 5 or row["Entered_Date"] in holidays


def is_night(row: Row, books: dict[str, list[Row]]) -> bool:
    return row["Entered_Time"] < "06:00" or row["Entered_Time"] >= "20:00"


def is_misdated(row: Row, books: dict[str, list[Row]]) -> bool:
    return abs((date.fromisoformat(row["Entered_Date"]) - date.fromisoformat(row["Effective_Date"])).days) > 30


def is_large_and_round(row: Row, books: dict[str, list[Row]]) -> bool:
    return Decimal(row["Amount"]) % 1000 == 0 and Decimal(row["Amount"]) >= 100_000


@pytest.mark.parametrize(
    ("procedure", "rule"),
    [("JE-05", is_off_day), ("JE-06", is_night), ("JE-07", is_misdated), ("JE-08", is_large_and_round)],
)
def test_only_what_is_in_the_truth_meets_the_rule_among_manual_journals(
    truth: SampleTruth, books: dict[str, list[Row]], procedure: str, rule: Callable[[Row, dict[str, list[Row]]], bool]
) -> None:
    found = {row["Journal_ID"] for row in books["GL_Detail"] if row["Source"] == "Manual" and rule(row, books)}

    named = [item for item in truth.items if item.procedure == procedure and "Journal_ID" in item.where.fields]
    seeded = {number for item in named if not item.legitimate for number in item.where.fields["Journal_ID"]}
    assert seeded <= found <= {number for item in named for number in item.where.fields["Journal_ID"]}


def test_journals_entered_twice_are_alike_in_account_period_amount_date_and_text(
    truth: SampleTruth, books: dict[str, list[Row]]
) -> None:
    names = "GL_Account_Number Period Amount Amount_Credit_Debit_Indicator Effective_Date".split()
    names.append("JE_Header_ Description")
    for item in irregular(truth, "JE-09"):
        groups = Counter(tuple(row[name] for name in names) for row in lines_of(books, item))
        assert set(groups.values()) == {2}


def test_rare_users_have_at_most_ten_lines_and_no_one_else_has(truth: SampleTruth, books: dict[str, list[Row]]) -> None:
    lines = Counter(row["Entered_By"] for row in books["GL_Detail"])

    named = {item.where.fields["Entered_By"][0] for item in truth.items if item.procedure == "JE-10"}
    assert {user for user, count in lines.items() if count <= 10} == named


def test_seldom_used_accounts_have_at_most_three_lines_and_no_other_account_has(
    truth: SampleTruth, books: dict[str, list[Row]]
) -> None:
    lines = Counter(row["GL_Account_Number"] for row in books["GL_Detail"])

    named = {item.where.fields["GL_Account_Number"][0] for item in truth.items if item.procedure == "JE-11"}
    assert {account for account, count in lines.items() if count <= 3} == named


def test_amounts_under_the_limit_triple_the_share_of_their_first_two_digits(books: dict[str, list[Row]]) -> None:
    digits = Counter(row["Amount"].replace(".", "").lstrip("0")[:2] for row in books["GL_Detail"])

    # Benford's law expects log10(1 + 1/49) = 0.877 percent.
    assert digits["49"] * 1000 > 15 * digits.total()


def test_invoices_entered_twice_agree_in_supplier_amount_and_normalised_number(
    truth: SampleTruth, books: dict[str, list[Row]]
) -> None:
    for item in irregular(truth, "P2P-01"):
        rows = [row for row in books["Invoices_Received"] if row["Invoice_ID"] in item.where.fields["Invoice_ID"]]
        keys = {
            (
                row["Supplier_Account_ID"],
                row["Invoice_Amount"],
                "".join(filter(str.isalnum, row["Invoice_Number"])).upper(),
            )
            for row in rows
        }
        assert (len(rows), len(keys)) == (2, 1), item.id


def test_orders_match_receipts_and_invoices_but_for_the_mismatches_seeded(
    truth: SampleTruth, books: dict[str, list[Row]]
) -> None:
    received: Counter[str] = Counter()
    for row in books["Goods_Received"]:
        received[row["PO_ID"]] += int(row["Quantity"])
    prices = {row["PO_ID"]: Decimal(row["Unit_Price"]) for row in books["Purchase_Orders"]}
    billed: Counter[str] = Counter()
    mismatched = set()
    for row in books["Invoices_Received"]:
        order = row["PO_ID"]
        if not order:
            continue
        billed[order] += int(row["Quantity"] or 0)
        price = Decimal(row["Unit_Price"].replace(",", ".") or 0)
        if order not in prices or price > prices[order] * Decimal("1.05") or billed[order] > received[order]:
            mismatched.add(row["Invoice_ID"])

    assert mismatched == {item.where.fields["Invoice_ID"][0] for item in irregular(truth, "P2P-04")}


def test_a_missing_truth_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TruthMissingError, match=r"truth\.json"):
        load_truth(tmp_path / "truth.json")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"seed": 7}', b"\xff\xfe"])
def test_a_broken_truth_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "truth.json"
    path.write_bytes(content)

    with pytest.raises(TruthUnreadableError):
        load_truth(path)


def test_the_truth_file_carries_amounts_as_text(folder: Path) -> None:
    items = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["items"]

    assert all(item["amount"] is None or isinstance(item["amount"], str) for item in items)
