"""Two lists of amounts that should be one: a bank's and a ledger's, matched one to one, nearly, and in groups.

Each stage takes from what the stages before it left:

1. exact: the same amount, dated within some days; a shared reference goes first, then the nearest day, then the words;
2. near: amounts that differ by no more than a fee, dated within those days;
3. group: several lines of one side that come to one or several of the other;
4. late: the same amount further apart;
5. amount: a shared reference, or the same digits in another order, and another amount.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from audit_agent.matching.subsets import subset_of_sum

How = Literal["exact", "near", "group", "late", "amount"]
_MOST = 50
"""With how many lines a line is compared at most, so that thousands of one amount stay cheap."""

_ALIKE = 50
"""Percent of words in common from which two texts speak of one thing."""


@dataclass(frozen=True)
class Entry:
    """A line of either side."""

    day: int
    """As an ordinal."""
    units: int
    """The signed amount, positive where money came in, in the smallest unit there is."""
    words: frozenset[str]
    references: frozenset[str]
    bundle: str
    """What lines that belong together have in common, such as a journal."""


@dataclass(frozen=True)
class Nearness:
    """How far apart two lines may be."""

    days: int
    late_days: int
    tolerance: int
    """In units."""
    percent: int
    """The tolerance is no more than this share of the amount."""
    group: int
    """The largest number of lines that are tried in every combination."""


@dataclass(frozen=True)
class Match:
    """Lines that belong together, by their places on both sides."""

    how: How
    bank: tuple[int, ...]
    ledger: tuple[int, ...]


def reconcile(bank: Sequence[Entry], ledger: Sequence[Entry], near: Nearness) -> list[Match]:
    """The matches in the order they were found. Every line is in one at most; the same lines give the same matches."""
    return _Reconciliation(bank, ledger, near).run()


def likeness(one: Entry, two: Entry) -> int:
    """Percent of the words of both that are in both."""
    every = len(one.words | two.words)
    return 100 * len(one.words & two.words) // every if every else 0


class _Reconciliation:
    def __init__(self, bank: Sequence[Entry], ledger: Sequence[Entry], near: Nearness) -> None:
        self._bank, self._ledger, self._near = bank, ledger, near
        self._open_bank, self._open_ledger = set(range(len(bank))), set(range(len(ledger)))
        self._found: list[Match] = []

    def run(self) -> list[Match]:
        self._pair("exact", self._equal(self._near.days), lambda one, two: True)
        self._pair("near", self._nearly_equal(), self._is_near)
        self._groups()
        self._subsets()
        self._pair("late", self._equal(self._near.late_days), self._is_late)
        self._pair("amount", self._of_one_thing(), lambda one, two: True)
        return self._found

    def _take(self, how: How, bank: Iterable[int], ledger: Iterable[int]) -> None:
        match = Match(how, tuple(sorted(bank)), tuple(sorted(ledger)))
        self._found.append(match)
        self._open_bank.difference_update(match.bank)
        self._open_ledger.difference_update(match.ledger)

    def _pair(self, how: How, candidates: Iterable[tuple[int, int]], fits: Callable[[Entry, Entry], bool]) -> None:
        """One to one, the surest pairs first."""
        ranked = []
        for here, there in candidates:
            one, two = self._bank[here], self._ledger[there]
            if fits(one, two):
                stranger = not one.references & two.references
                apart = abs(one.units - two.units)
                ranked.append((stranger, abs(one.day - two.day), -likeness(one, two), apart, here, there))
        for *_, here, there in sorted(ranked):
            if here in self._open_bank and there in self._open_ledger:
                self._take(how, (here,), (there,))

    def _equal(self, days: int) -> Iterator[tuple[int, int]]:
        """Open lines of one amount, dated within so many days."""
        there: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in self._open_ledger:
            there[self._ledger[place].units].append((self._ledger[place].day, place))
        for block in there.values():
            block.sort()
        for here in sorted(self._open_bank):
            one = self._bank[here]
            block = there.get(one.units, [])
            first, last = bisect_left(block, (one.day - days, -1)), bisect_left(block, (one.day + days + 1, -1))
            nearest = sorted(block[first:last], key=lambda item: (abs(item[0] - one.day), item[1]))
            yield from ((here, place) for _, place in nearest[:_MOST])

    def _nearly_equal(self) -> Iterator[tuple[int, int]]:
        """Open lines whose amounts differ by no more than the tolerance, dated within the days."""
        there = sorted((self._ledger[place].units, place) for place in self._open_ledger)
        for here in sorted(self._open_bank):
            one, most = self._bank[here], self._near.tolerance
            first = bisect_left(there, (one.units - most, -1))
            last = bisect_right(there, (one.units + most, len(self._ledger)))
            days = [(abs(self._ledger[place].day - one.day), place) for _, place in there[first:last]]
            yield from ((here, place) for gap, place in sorted(days)[:_MOST] if gap <= self._near.days)

    def _is_near(self, one: Entry, two: Entry) -> bool:
        """Money the same way, and a difference that is small beside the amount or between lines of one reference."""
        if (one.units > 0) != (two.units > 0):
            return False
        share = 100 * abs(one.units - two.units) <= self._near.percent * min(abs(one.units), abs(two.units))
        return share or bool(one.references & two.references)

    def _is_late(self, one: Entry, two: Entry) -> bool:
        """Equal amounts far apart also have a reference or words in common."""
        return bool(one.references & two.references) or likeness(one, two) >= _ALIKE

    def _of_one_thing(self) -> Iterator[tuple[int, int]]:
        """Open lines with a reference in common, or whose amounts have the same digits and texts are alike."""
        by_reference: dict[str, list[int]] = defaultdict(list)
        by_digits: dict[str, list[int]] = defaultdict(list)
        for place in sorted(self._open_ledger):
            for reference in self._ledger[place].references:
                by_reference[reference].append(place)
            by_digits[_digits(self._ledger[place])].append(place)
        for here in sorted(self._open_bank):
            one = self._bank[here]
            sharing = {place for reference in one.references for place in by_reference.get(reference, [])[:_MOST]}
            digits = by_digits.get(_digits(one), [])[:_MOST]
            turned = {place for place in digits if likeness(one, self._ledger[place]) >= _ALIKE}
            for place in sorted(sharing | turned):
                two = self._ledger[place]
                days = self._near.late_days if place in sharing else self._near.days
                if (one.units > 0) == (two.units > 0) and abs(one.day - two.day) <= days:
                    yield here, place

    def _groups(self) -> None:
        """Lines that belong together by themselves: of one journal, or of one day and the same words."""
        ours, theirs = self._bundles(self._bank, self._open_bank), self._bundles(self._ledger, self._open_ledger)
        by_sum: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for members in theirs:
            by_sum[_sum(self._ledger, members)].append(members)
        singles = [(place,) for place in sorted(self._open_bank)]
        for members in [*singles, *ours]:
            for others in by_sum.get(_sum(self._bank, members), ()):
                if self._fit(members, others):
                    self._take("group", members, others)
                    break
        by_amount: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        for place in sorted(self._open_ledger):
            by_amount[self._ledger[place].units].append((place,))
        for members in ours:
            for others in by_amount.get(_sum(self._bank, members), ()):
                if self._fit(members, others):
                    self._take("group", members, others)
                    break

    def _fit(self, bank: tuple[int, ...], ledger: tuple[int, ...]) -> bool:
        """Whether all of them are open, and dated within the days of each other."""
        if not (self._open_bank.issuperset(bank) and self._open_ledger.issuperset(ledger)):
            return False
        ours, theirs = [self._bank[place].day for place in bank], [self._ledger[place].day for place in ledger]
        return max(max(ours) - min(theirs), max(theirs) - min(ours)) <= self._near.days

    def _bundles(self, entries: Sequence[Entry], open_: set[int]) -> list[tuple[int, ...]]:
        found: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for place in sorted(open_):
            entry = entries[place]
            if entry.bundle:
                found["bundle", entry.bundle].append(place)
            found["day", entry.day, entry.words].append(place)
            found["day", entry.day, entry.units > 0].append(place)
        groups = dict.fromkeys(tuple(places) for places in found.values() if len(places) > 1)
        return [places for places in groups if _sum(entries, places) != 0]

    def _subsets(self) -> None:
        """One line of a side as the sum of a few of the other."""
        self._split(self._bank, self._open_bank, self._ledger, self._open_ledger, bank_is_one=True)
        self._split(self._ledger, self._open_ledger, self._bank, self._open_bank, bank_is_one=False)

    def _split(
        self,
        ones: Sequence[Entry],
        open_ones: set[int],
        parts: Sequence[Entry],
        open_parts: set[int],
        *,
        bank_is_one: bool,
    ) -> None:
        by_day: dict[int, list[int]] = defaultdict(list)
        for place in sorted(open_parts):
            by_day[parts[place].day].append(place)
        for place in sorted(open_ones, key=lambda place: (-abs(ones[place].units), place)):
            one = ones[place]
            found = subset_of_sum(self._parts(one, parts, open_parts, by_day), one.units, self._near.group)
            if found:
                self._take("group", *(((place,), found) if bank_is_one else (found, (place,))))

    def _parts(
        self, one: Entry, parts: Sequence[Entry], open_parts: set[int], by_day: dict[int, list[int]]
    ) -> Iterator[tuple[int, int]]:
        """Open lines that may be part of one: money the same way, less of it, the nearest days first."""
        days = range(one.day - self._near.days, one.day + self._near.days + 1)
        for day in sorted(days, key=lambda day: (abs(day - one.day), day)):
            for place in by_day.get(day, ()):
                units = parts[place].units
                same_way = units != 0 and (units > 0) == (one.units > 0)
                if place in open_parts and same_way and abs(units) < abs(one.units):
                    yield place, units


def _sum(entries: Sequence[Entry], places: Iterable[int]) -> int:
    return sum(entries[place].units for place in places)


def _digits(entry: Entry) -> str:
    return "".join(sorted(str(abs(entry.units))))
