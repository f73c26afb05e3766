"""Control totals that a file states of itself, against what it holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from audit_agent.books.xml_stream import Scope

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,10})?")


@dataclass
class Sums:
    """Exact sums of debits and credits. A text that is no number adds nothing; its row is refused later."""

    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)

    def add(self, debit: str, credit: str) -> None:
        """The texts of a line, one of them empty as a rule."""
        if debit:
            self.debit += _number(debit) or 0
        if credit:
            self.credit += _number(credit) or 0


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@dataclass(frozen=True)
class Stated:
    """What the elements are called that state entries, debits and credits, and what they may count as entries."""

    what: str
    elements: tuple[str, str, str]

    def against(self, scope: Scope, held: Sums, counts: Mapping[str, int]) -> str:
        """A sentence on whether they agree. Standards leave open what an entry is, so each of `counts` may be meant."""
        texts = [scope.first(element) for element in self.elements]
        entries, debit, credit = (_number(text) for text in texts)
        unread = [text for text, number in zip(texts, (entries, debit, credit), strict=True) if text and number is None]
        if not any(texts):
            return f"{self.what}: the file states no control totals."
        wrong = [f"it states {text!r}, which is no number" for text in unread]
        if entries is not None and entries not in counts.values():
            held_counts = " or ".join(f"{count:,} {noun}" for noun, count in counts.items())
            wrong.append(f"it states {entries:,} entries and holds {held_counts}")
        for side, stated, sum_ in (("debits", debit, held.debit), ("credits", credit, held.credit)):
            if stated is not None and stated != sum_:
                wrong.append(f"it states {side} of {stated:,} and holds {sum_:,}, a difference of {sum_ - stated:,}")
        if wrong:
            return f"{self.what}: the file's own control totals do not agree with what it holds: {'; '.join(wrong)}."
        return f"{self.what}: the file's own control totals agree with what it holds."


def net(debit: str, credit: str) -> str:
    """Debit minus credit as text; where one of them is no number that text itself, so that its row is refused."""
    numbers = [_number(text) if text else Decimal(0) for text in (debit, credit)]
    unread = [text for text, number in zip((debit, credit), numbers, strict=True) if number is None]
    if unread or not (debit or credit):
        return unread[0] if unread else ""
    return f"{(numbers[0] or 0) - (numbers[1] or 0):f}"
