"""Transactions of bank statements and cash lines of the ledger, matched, and what each that is left looks like."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import ibis
import pyarrow as pa

from audit_agent.matching.reconciling import Entry, Match, Nearness, likeness, reconcile
from audit_agent.procedures.particulars import ordered_rows

BANK, LEDGER = "bank", "ledger"

_SCHEMA = pa.schema(
    [
        ("side", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("match", pa.int64()),
        ("how", pa.string()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("days", pa.int64()),
        ("gap", pa.decimal128(38, 4)),
        ("exposure", pa.decimal128(38, 4)),
        ("other", pa.string()),
        ("other_day", pa.date32()),
        ("other_amount", pa.decimal128(38, 4)),
        ("cancelled", pa.bool_()),
    ]
)
_BANK = ("Transaction_ID", "Booking_Date", "Amount", "Currency", "Description", "Counterparty", "Reference", "Code")
_LEDGER = (
    "Journal_ID", "Journal_ID_Line_Number", "Effective_Date", "Signed", "Currency", "JE_Header_Description",
    "JE_Line_Description", "Segment01", "Segment02", "Segment03", "Segment04", "Segment05",
)  # fmt: skip
_TOKEN = re.compile(r"[^\W_]*\d[^\W_]*(?:[-/.][^\W_]+)*|[^\W\d_]+(?:[-/.][^\W_]*\d[^\W_]*)+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_SHORTEST_TOKEN, _RARE = 4, 5
"""Letters of a reference, and how many lines of a side may share one: years and account numbers are none."""

_UNITS = 10_000
_ALIKE = 50


Days = tuple[date, date]
"""The first and the last."""


@dataclass(frozen=True)
class Covered:
    """The days of which either side has everything."""

    statements: Days | None
    """By the balances of the statements; the transactions' own days count besides."""
    ledger: Days | None


@dataclass(frozen=True)
class Charges:
    """What marks a charge of the bank."""

    words: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class _Line:
    file: str
    row: int
    name: str
    day: date
    amount: Decimal
    currency: str
    text: str
    bundle: str
    code: str = ""


def bank_matches(bank: ibis.Table, ledger: ibis.Table, near: Nearness, charges: Charges, covered: Covered) -> pa.Table:
    """One row per line of either side, in order: the match it is in, how it was found, and what kind of item it is.

    `kind` is empty where bank and ledger agree; else fee, wrong amount, timing, duplicate, unrecorded, outstanding, or
    `not covered` on a day that the other side does not cover.
    """
    ours, theirs = _named(_of_bank(bank)), _named(_of_ledger(ledger))
    rows: list[dict[str, Any]] = []
    numbers = count(1)
    for currency in sorted({line.currency for line in (*ours, *theirs)}):
        sides = (
            [line for line in ours if line.currency == currency],
            [line for line in theirs if line.currency == currency],
        )
        rows += _of_currency(*sides, near, charges, covered, numbers)
    rows.sort(key=lambda row: (row["side"], row["file"], row["row"]))
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _of_currency(
    bank: Sequence[_Line],
    ledger: Sequence[_Line],
    near: Nearness,
    charges: Charges,
    covered: Covered,
    numbers: Iterator[int],
) -> list[dict[str, Any]]:
    entries = _entries(bank), _entries(ledger)
    matches = reconcile(*entries, near)
    rows = []
    for match in matches:
        number = next(numbers)
        ours, theirs = [bank[place] for place in match.bank], [ledger[place] for place in match.ledger]
        told = _told(match, ours, theirs)
        rows += [_row(BANK, line, number, told) for line in ours] + [
            _row(LEDGER, line, number, told) for line in theirs
        ]
    # Statements of one currency say nothing about an account in another; the ledger is one for all.
    statement_days = _span(bank, covered.statements) if bank else None
    for side, lines, own, taken, other_days in (
        (BANK, bank, entries[0], {place for match in matches for place in match.bank}, covered.ledger),
        (LEDGER, ledger, entries[1], {place for match in matches for place in match.ledger}, statement_days),
    ):
        left = [place for place in range(len(lines)) if place not in taken]
        twins, cancelled = _twins(own, taken, left, near.days), _cancelled(lines, own, left)
        for place in left:
            line, twin = lines[place], twins.get(place)
            kind = _kind_of_left(side, line, twin is not None, charges)
            if other_days is None or not other_days[0] <= line.day <= other_days[1]:
                kind = "not covered"
            told = _alone(line, side, kind, None if twin is None else lines[twin], place in cancelled)
            rows.append(_row(side, line, next(numbers), told))
    return rows


def _span(lines: Sequence[_Line], covered: Days | None) -> Days:
    days = [line.day for line in lines] + list(covered or ())
    return min(days), max(days)


def _of_bank(bank: ibis.Table) -> Iterable[_Line]:
    bank = bank.mutate(Code=bank.Transaction_Code)
    for row in ordered_rows(bank, _BANK):
        text = " ".join(row[name] for name in ("Reference", "Description", "Counterparty") if row[name])
        yield _Line(
            file=row["Source_File"],
            row=row["Source_Row"],
            name=f"Bank transaction {row['Transaction_ID']}",
            day=row["Booking_Date"],
            amount=row["Amount"],
            currency=row["Currency"],
            text=text,
            bundle="",
            code=row["Code"] or "",
        )


def _of_ledger(ledger: ibis.Table) -> Iterable[_Line]:
    texts = ("Journal_ID", *_LEDGER[5:])
    for row in ordered_rows(ledger, _LEDGER):
        line = row["Journal_ID_Line_Number"]
        yield _Line(
            file=row["Source_File"],
            row=row["Source_Row"],
            name=f"ledger line {row['Journal_ID']}" + ("" if line is None else f"/{line}"),
            day=row["Effective_Date"],
            amount=row["Signed"],
            currency=row["Currency"],
            text=" ".join(row[name] for name in texts if row[name]),
            bundle=row["Journal_ID"],
        )


def _named(lines: Iterable[_Line]) -> list[_Line]:
    """Lines with names of their own: what two share gets the row."""
    given = list(lines)
    names = Counter(line.name for line in given)
    return [
        line if names[line.name] == 1 else _Line(**{**vars(line), "name": f"{line.name} (row {line.row})"})
        for line in given
    ]


def _entries(lines: Sequence[_Line]) -> list[Entry]:
    tokens = [{token.upper() for token in _TOKEN.findall(line.text) if len(token) >= _SHORTEST_TOKEN} for line in lines]
    often = Counter(token for found in tokens for token in found)
    return [
        Entry(
            day=line.day.toordinal(),
            units=int(line.amount * _UNITS),
            words=frozenset(word.lower() for word in _WORD.findall(line.text)),
            references=frozenset(token for token in found if often[token] <= _RARE),
            bundle=line.bundle,
        )
        for line, found in zip(lines, tokens, strict=True)
    ]


@dataclass(frozen=True)
class _Told:
    """What is the same on all rows of a match."""

    how: str
    kind: str
    name: str
    days: int = 0
    gap: Decimal = Decimal(0)
    exposure: Decimal = Decimal(0)
    other: str | None = None
    other_day: date | None = None
    other_amount: Decimal | None = None
    cancelled: bool = False


def _told(match: Match, bank: Sequence[_Line], ledger: Sequence[_Line]) -> _Told:
    here, there = bank[0], ledger[0]
    gap = sum((line.amount for line in bank), Decimal(0)) - sum((line.amount for line in ledger), Decimal(0))
    kinds = {"late": "timing", "amount": "wrong amount", "near": "fee" if gap < 0 else "wrong amount"}
    return _Told(
        how=match.how,
        kind=kinds.get(match.how, ""),
        name=f"{here.name} and {there.name}",
        days=(here.day - there.day).days,
        gap=gap,
        exposure=abs(gap) if gap else abs(here.amount),
        other=there.name,
        other_day=there.day,
        other_amount=there.amount,
    )


def _alone(line: _Line, side: str, kind: str, twin: _Line | None, cancelled: bool) -> _Told:
    name = line.name if side == BANK else line.name[0].upper() + line.name[1:]
    return _Told(
        how="none",
        kind=kind,
        name=name,
        exposure=abs(line.amount),
        other=twin.name if twin else None,
        other_day=twin.day if twin else None,
        other_amount=twin.amount if twin else None,
        cancelled=cancelled,
    )


def _kind_of_left(side: str, line: _Line, has_twin: bool, charges: Charges) -> str:
    if has_twin:
        return "duplicate"
    if side == LEDGER:
        return "outstanding"
    text = line.text.lower()
    charged = any(word.lower() in text for word in charges.words) or any(code in line.code for code in charges.codes)
    return "fee" if charged and line.amount < 0 else "unrecorded"


def _twins(entries: Sequence[Entry], taken: set[int], left: Iterable[int], days: int) -> dict[int, int]:
    """Open lines that look like one of the same side that is matched: amount, words, and about the day."""
    by_amount: dict[int, list[int]] = defaultdict(list)
    for place in sorted(taken):
        by_amount[entries[place].units].append(place)
    found = {}
    for place in left:
        one = entries[place]
        for other in by_amount.get(one.units, ()):
            two = entries[other]
            shared = likeness(one, two) >= _ALIKE or bool(one.references & two.references)
            if shared and abs(one.day - two.day) <= days:
                found[place] = other
                break
    return found


def _cancelled(lines: Sequence[_Line], entries: Sequence[Entry], left: Iterable[int]) -> set[int]:
    """Open lines that take each other back within one month: opposite amounts, a reference or words in common.

    Over the end of a month they would change what the ledger shows at its end.
    """
    by_amount: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for place in left:
        by_amount[lines[place].day.year, lines[place].day.month, entries[place].units].append(place)
    done: set[int] = set()
    for (year, month, units), places in by_amount.items():
        for place in places if units > 0 else ():
            one = entries[place]
            for other in by_amount.get((year, month, -units), ()):
                two = entries[other]
                if other not in done and (likeness(one, two) >= _ALIKE or one.references & two.references):
                    done |= {place, other}
                    break
    return done


def _row(side: str, line: _Line, number: int, told: _Told) -> dict[str, Any]:
    return {"side": side, "file": line.file, "row": line.row, "match": number, **vars(told)}
