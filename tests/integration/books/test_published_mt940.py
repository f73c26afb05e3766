"""MT940 files of many banks, held against the parses that somebody else published of them."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit_agent.books.mt940_details import read_details
from audit_agent.books.mt940_fields import StatementLine, TagField, fields, read_balance, read_line
from tests.peers.published_statements import Published, published_statements

BALANCES = {
    "60F": "final_opening_balance",
    "60M": "intermediate_opening_balance",
    "62F": "final_closing_balance",
    "62M": "intermediate_closing_balance",
    "64": "available_balance",
}


@pytest.fixture(scope="module")
def statements(shared_data: Path) -> list[Published]:
    return published_statements(shared_data / "bank_mt940" / "statements.tar.gz")


def differences(published: Published) -> list[str]:
    """What we read otherwise: heading and balances of the last statement, and every transaction."""
    found = list(fields(io.StringIO(published.text)))
    return [*_of_headings(found, published.data), *_of_transactions(found, published)]


def _of_headings(found: list[TagField], data: dict[str, Any]) -> Iterator[str]:
    last = {field.tag: field.text for field in found}
    number = last.get("28C", last.get("28", "")).strip().split("/")
    given = data.get("statement_number"), data.get("sequence_number")
    yield from _differ("account", last.get("25"), data.get("account_identification"))
    yield from _differ("reference", last.get("20"), data.get("transaction_reference"))
    yield from _differ("number", number[0] or None, None if given[0] is None else str(given[0]))
    yield from _differ("page", number[1] if len(number) > 1 else None, None if given[1] is None else str(given[1]))
    for tag, name in BALANCES.items():
        read = read_balance(last[tag]) if tag in last else None
        other = data.get(name)
        theirs = other and (other["date"], other["amount"]["currency"], other["amount"]["amount"])
        yield from _differ(name, read and tuple(read), theirs)


def _of_transactions(found: list[TagField], published: Published) -> Iterator[str]:
    ours = list(_transactions(found))
    yield from _differ("transactions", len(ours), len(published.transactions))
    for place, ((line, details, currency), theirs) in enumerate(zip(ours, published.transactions, strict=False), 1):
        yield from (f"transaction {place}: {text}" for text in _of_transaction(line, details, currency, theirs))


def _of_transaction(line: StatementLine | None, text: str, currency: str, theirs: dict[str, Any]) -> Iterator[str]:
    if line is None:
        yield "is not read"
        return
    details = read_details(text)
    yield from _differ("value date", line.value, theirs["date"])
    yield from _differ("day of entry", line.booked, theirs.get("guessed_entry_date"))
    yield from _differ("amount", line.amount, theirs["amount"]["amount"])
    yield from _differ("currency", currency, theirs["currency"])
    yield from _differ("code", line.code, theirs["id"])
    if "end_to_end_reference" in theirs:  # Where they split the details by SEPA marks, they drop the other reference.
        yield from _differ("end to end", details.end_to_end, theirs["end_to_end_reference"])
    else:
        yield from _differ("reference", line.reference, theirs["customer_reference"])
    yield from _differ("bank reference", line.bank_reference, theirs["bank_reference"])
    yield from _differ("supplementary", line.supplementary, theirs["extra_details"])
    if "posting_text" in theirs:
        yield from _differ("posting text", details.posting_text, theirs["posting_text"])
        yield from _differ("name", details.name, theirs["applicant_name"])
    if "transaction_details" in theirs:
        yield from _differ("details", text, theirs["transaction_details"])


def _transactions(found: list[TagField]) -> Iterator[tuple[StatementLine | None, str, str]]:
    """Each line with its details and the currency of the statement it stands in."""
    currency, pending, details = "", None, [""]
    for field in found:
        if field.tag == "86" and pending is not None:
            details.append(field.text)
            continue
        if pending is not None and field.tag != "NS":
            yield read_line(pending.text), "\n".join(details[1:]), currency
            pending = None
        if field.tag in ("60F", "60M"):
            balance = read_balance(field.text)
            currency = balance.currency if balance else currency
        elif field.tag == "34F":
            currency = currency or field.text[:3]
        if field.tag == "61":
            pending, details = field, [""]
    if pending is not None:
        yield read_line(pending.text), "\n".join(details[1:]), currency


def _differ(what: str, ours: Any, theirs: Any) -> Iterator[str]:
    """Blanks at line ends and what is empty rather than missing do not count."""
    plain = [value.strip() if isinstance(value, str) else value for value in (ours, theirs)]
    plain = ["\n".join(part.strip() for part in v.split("\n")) if isinstance(v, str) else v for v in plain]
    if (plain[0] or None) != (plain[1] or None):
        yield f"{what} {ours!r} for {theirs!r}"


KNOWN = {
    "betterplace/sepa_mt9401": "They count a reversal of a credit (RC) as money in; ours lead to the balances.",
    "betterplace/sepa_snippet_broken": "They keep 35 letters of what stands in the account by mistake.",
    "jejik/ing": "They take the statement's own details, after the closing balance, for the last transaction's.",
    "self-provided/long_statement_number": "They cut a number of ten digits in two.",
    "self-provided/multiline": "They keep 35 letters of the account, and take the details after the available balance "
    "for the transaction's.",
    "self-provided/raphaelm": "They take the digits of a balance without currency for one; ours lead to the balances.",
}
"""Files that we read otherwise, and why."""


def test_files_are_read_as_published(statements: list[Published]) -> None:
    differing = {one.name: found for one in statements if (found := differences(one))}

    lines = sum(len(one.transactions) for one in statements)
    agree = len(statements) - len(differing)
    print(f"\n{agree} of {len(statements)} files ({lines} transactions in all) are read as published.")
    for name, found in differing.items():
        print(f"  {name}: {KNOWN.get(name, '-')} {found}"[:400])
    assert {name: found for name, found in differing.items() if name not in KNOWN} == {}
    assert set(differing) == set(KNOWN)
    assert (agree, len(statements), lines) == (45, 51, 211)
