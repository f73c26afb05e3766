"""Flows that purchases are declared to go through: `order>receipt>invoice>payment`, `+` between steps in any order."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from audit_agent.procedures.purchase_events import TABLES


class Flow(NamedTuple):
    """Stages one after the other, of one step or several in any order; `word` marks the kinds of order it fits."""

    word: str
    stages: tuple[frozenset[str], ...]

    @property
    def steps(self) -> frozenset[str]:
        """Every step of it."""
        return frozenset().union(*self.stages)

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Every step with each step that must follow it."""
        for number, stage in enumerate(self.stages):
            for later in self.stages[number + 1 :]:
                yield from ((first, second) for first in sorted(stage) for second in sorted(later))


def parse_flow(text: str) -> Flow:
    """Read `service=order>invoice>payment`; the word may be missing. Raises ValueError with what is wrong."""
    word, _, path = text.rpartition("=")
    stages = tuple(frozenset(step.strip() for step in stage.split("+")) for stage in path.split(">"))
    named = [step for stage in path.split(">") for step in stage.split("+")]
    unknown = [step.strip() for step in named if step.strip() not in TABLES]
    if unknown:
        raise ValueError(f"{text!r} names {unknown[0]!r}, and the steps are {', '.join(TABLES)}")
    if len(named) != len(frozenset().union(*stages)):
        raise ValueError(f"{text!r} names a step twice")
    if len(named) < 2 or stages[0] != frozenset({"order"}):
        raise ValueError(f"{text!r} does not begin with order and go on, as `order>receipt>invoice>payment` does")
    return Flow(word.strip().lower(), stages)


def parse_flows(texts: Sequence[str], default: str) -> tuple[Flow, ...]:
    """All flows in their order, the default one last. Raises ValueError."""
    return (*(parse_flow(text) for text in texts), parse_flow(default)._replace(word=""))


def shown(flow: Flow) -> str:
    """A flow as people read it: `order, then receipt and invoice in any order, then payment`."""
    order = tuple(TABLES)
    parts = [sorted(stage, key=order.index) for stage in flow.stages]
    texts = [part[0] if len(part) == 1 else " and ".join(part) + " in any order" for part in parts]
    return ", then ".join(texts)
