"""Net, tax and total: of all amounts beside such labels, those that add up."""

from decimal import Decimal
from itertools import product
from typing import NamedTuple

from audit_agent.documents.reading.amounts import Amount, amounts_in
from audit_agent.documents.reading.dates import plain
from audit_agent.documents.reading.labels import Candidate, Row, Where, candidates, supported
from audit_agent.documents.reading.result import Field
from audit_agent.documents.reading.vocabulary import begins_with
from audit_agent.documents.text.model import Piece

_HEADER_ROWS = 3
_AS_MANY = 40


class _Money(NamedTuple):
    sureness: tuple[int, bool, int, int]
    value: Decimal
    piece: Piece


def _sureness(money: _Money) -> tuple[int, bool, int, int]:
    return money.sureness


class Sums(NamedTuple):
    """Net + tax = total where all three are supported by amounts that add up."""

    net: Field[Decimal]
    tax: Field[Decimal]
    total: Field[Decimal]


def sums(rows: tuple[Row, ...], mark: str) -> Sums:
    """The amounts of a document. Without three that add up each is taken alone, the tax only when there is one."""
    nets, taxes, totals = (_beside(rows, field, mark) for field in ("net", "tax", "total"))
    for net, tax, total in _summed_rows(rows, mark):
        nets.append(net)
        taxes.append(tax)
        totals.append(total)
    nets, taxes, totals = (sorted(found, key=_sureness)[:_AS_MANY] for found in (nets, taxes, totals))
    for total in totals:
        if total.sureness[0] > totals[0].sureness[0]:
            break
        for net, tax in product(nets, taxes):
            if net.value + tax.value == total.value and net.piece != tax.piece:
                return Sums(*(supported(one.value, one.piece) for one in (net, tax, total)))
    none = Field[Decimal](reason="No label of such an amount has one beside it.")
    one_tax = taxes if len({tax.value for tax in taxes if tax.sureness[0] == Where.BESIDE}) == 1 else []
    return Sums(*(supported(all_[0].value, all_[0].piece) if all_ else none for all_ in (nets, one_tax, totals)))


def _beside(rows: tuple[Row, ...], field: str, mark: str) -> list[_Money]:
    """To the right before in the label's own cell: `Tax 15% on 112.90` names another amount first."""
    by_label: dict[tuple[int, bool, int, int], list[Candidate]] = {}
    for one in candidates(rows, field):
        by_label.setdefault((one.where, one.weak, one.rank, -one.row), []).append(one)
    found = []
    for sureness, texts in by_label.items():
        right = [(amount, one.piece) for one in texts if not one.inside for amount in money_in(one.text, mark)]
        inside = [(amount, one.piece) for one in texts if one.inside for amount in money_in(one.text, mark)]
        found += [_Money(sureness, amount.value, piece) for amount, piece in right or inside[-1:]]
    return found


def money_in(text: str, mark: str) -> list[Amount]:
    """Amounts with decimals or a currency; a bare integer may count anything."""
    return [one for one in amounts_in(text, mark) if one.cents or not one.written.strip("-()").isdigit()]


def _summed_rows(rows: tuple[Row, ...], mark: str) -> list[tuple[_Money, _Money, _Money]]:
    """Rows of a table of taxes: amount, tax and sum side by side, below a header or behind a label that says so."""
    found = []
    for number, row in enumerate(rows):
        money = [(amount.value, piece) for piece in row for amount in money_in(piece.text, mark)]
        if len(money) < 3 or not _speaks_of_tax(rows, number):
            continue
        sureness = (int(Where.BELOW), False, 0, -number)
        three = money[-3:]
        if three[0][0] + three[1][0] == three[2][0]:
            net, tax, total = (_Money(sureness, value, piece) for value, piece in three)
            found.append((net, tax, total))
    return found


def _speaks_of_tax(rows: tuple[Row, ...], number: int) -> bool:
    if any(begins_with("total", strength).match(plain(rows[number][0].text)) for strength in ("strong", "weak")):
        return True
    above = [plain(piece.text) for row in rows[max(0, number - _HEADER_ROWS) : number] for piece in row]
    return any(begins_with("tax").match(text) for text in above)
