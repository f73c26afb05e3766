"""What an audit found, against what was seeded."""

from collections import defaultdict
from collections.abc import Iterable

from audit_agent.domain.record import Record
from audit_agent.domain.workpaper import ExceptionItem
from audit_agent.sample.truth import SampleTruth, TruthItem


class Match(Record):
    """A seeded item and the refs of the exceptions of its procedure that are about it."""

    item: TruthItem
    exceptions: tuple[str, ...]

    @property
    def flagged(self) -> bool:
        """Whether any exception is about it."""
        return bool(self.exceptions)


class SampleScore(Record):
    """Found and missed irregularities, and look-alikes that were flagged all the same."""

    irregularities: tuple[Match, ...]
    look_alikes: tuple[Match, ...]
    unseeded: dict[str, int]
    """Per procedure, exceptions that are about nothing that was seeded."""

    @property
    def found(self) -> tuple[Match, ...]:
        """Irregularities with an exception."""
        return tuple(match for match in self.irregularities if match.flagged)

    @property
    def missed(self) -> tuple[Match, ...]:
        """Irregularities without one."""
        return tuple(match for match in self.irregularities if not match.flagged)

    @property
    def flagged_look_alikes(self) -> tuple[Match, ...]:
        """Look-alikes with an exception: false positives for a person to set aside."""
        return tuple(match for match in self.look_alikes if match.flagged)

    @property
    def summary(self) -> str:
        """One line for people."""
        return (
            f"{len(self.found)} of {len(self.irregularities)} seeded irregularities found; "
            f"{len(self.flagged_look_alikes)} of {len(self.look_alikes)} legitimate look-alikes flagged."
        )


def score(truth: SampleTruth, exceptions: Iterable[tuple[str, ExceptionItem]]) -> SampleScore:
    """Compare exceptions, each with the id of the procedure that raised it, with the truth.

    An exception counts for an item only when its procedure is the one the item was seeded for.
    """
    by_procedure: dict[str, list[ExceptionItem]] = defaultdict(list)
    for procedure, exception in exceptions:
        by_procedure[procedure].append(exception)
    matches = [_match(item, by_procedure[item.procedure]) for item in truth.items]
    explained = {ref for match in matches for ref in match.exceptions}
    return SampleScore(
        irregularities=tuple(match for match in matches if not match.item.legitimate),
        look_alikes=tuple(match for match in matches if match.item.legitimate),
        unseeded={
            procedure: len({exception.ref for exception in found} - explained)
            for procedure, found in sorted(by_procedure.items())
            if found
        },
    )


def _match(item: TruthItem, exceptions: Iterable[ExceptionItem]) -> Match:
    return Match(item=item, exceptions=tuple(found.ref for found in exceptions if is_about(found, item)))


def is_about(exception: ExceptionItem, item: TruthItem) -> bool:
    """Whether an exception shows the item: by its facts, or by an identifier in its key."""
    shown = {name: exception.facts[name] for name in item.where.fields if exception.facts.get(name)}
    if shown:
        return all(value in item.where.fields[name] for name, value in shown.items())
    words = exception.key.replace(",", " ").split()
    return any(value in words for values in item.where.fields.values() for value in values)
