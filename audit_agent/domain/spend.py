"""What model calls cost, as it adds up per audit."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from audit_agent.domain.money import show
from audit_agent.domain.record import Record
from audit_agent.domain.wording import counted


class Tokens(Record):
    """Tokens of one or many calls. `input` excludes what was written to or read from the prompt cache."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            input=self.input + other.input,
            output=self.output + other.output,
            cache_write=self.cache_write + other.cache_write,
            cache_read=self.cache_read + other.cache_read,
        )

    @property
    def prompt(self) -> int:
        """Everything sent, cached or not."""
        return self.input + self.cache_write + self.cache_read


def in_dollars(amount: Decimal) -> str:
    """An amount for people, to the cent; less than a cent in full."""
    return f"{amount.normalize():f} USD" if 0 < amount < Decimal("0.01") else show(amount, "USD")


AS_A_WHOLE = "audit as a whole"
"""Where spend stands that belongs to no single step, or to no finding: the plan, the summary."""


class Purpose(NamedTuple):
    """What a call is for: `document/S05/17`, `investigation/S05-I01/3`, `finding/S05`, `plan/1`, `report/summary`."""

    work: str
    of: str
    item: str

    @classmethod
    def of_call(cls, purpose: str) -> "Purpose":
        """The parts of a call's purpose; what comes after them, such as `/repair`, belongs to the same work."""
        work, of, item, *_ = (*purpose.split("/"), "", "")
        return cls(work, of, item)

    @property
    def group(self) -> str:
        """The kind of work, so that ten thousand documents are one line."""
        return f"{self.work}/{self.of}" if self.of else self.work

    @property
    def step(self) -> str:
        """The step it is for; empty where it is for the audit as a whole."""
        return self.of.partition("-")[0] if self.work in ("document", "finding", "investigation") else ""


class SpendLine(Record):
    """What one model, or one step, cost. Amounts are US dollars.

    `cost` and `exposure` are None where a model's price is not known: unknown is not zero.
    """

    name: str
    calls: int = 0
    """Answers delivered and billed."""
    tokens: Tokens = Tokens()
    cost: Decimal | None = Decimal(0)
    unknown_calls: int = 0
    """Calls sent whose answer never came back: billed or not, nobody here can tell."""
    exposure: Decimal | None = Decimal(0)
    """At most what the unknown calls can have cost."""

    def __add__(self, other: "SpendLine") -> "SpendLine":
        return SpendLine(
            name=self.name,
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            cost=_sum(self.cost, other.cost),
            unknown_calls=self.unknown_calls + other.unknown_calls,
            exposure=_sum(self.exposure, other.exposure),
        )


class SpendEstimate(Record):
    """What reading an audit's documents with a model was estimated to cost, before any of it was spent."""

    model: str
    documents: int
    sampled: int
    """Documents whose tokens were counted."""
    calls: int
    """Documents that a model is asked about: not e-invoices, nor what cannot be had or read."""
    tokens: Tokens
    in_batches: bool
    """Whether it is the price of batches, for an audit that may wait for them."""
    output_is_measured: bool
    """Whether the length of answers is that of earlier ones; else it is an assumption."""
    cost: Decimal | None
    """US dollars; None when the model's price is not known."""
    prices_as_of: date

    @property
    def in_a_line(self) -> str:
        """For people who decide on the plan."""
        cost = "a cost that is not known" if self.cost is None else f"about {in_dollars(self.cost)}"
        what = f"{counted(self.calls, 'call')} for {counted(self.documents, 'document')}"
        return f"Model: {cost}, {what} ({self.model}, prices of {self.prices_as_of})"


class SpendSummary(Record):
    """What an audit spent on models. A call that several audits use is charged to the one that made it.

    The lines of each kind add up to the total.
    """

    audit: str
    total: SpendLine
    reused: int
    """Uses answered from the ledger, at no cost."""
    by_model: tuple[SpendLine, ...] = ()
    by_step: tuple[SpendLine, ...] = ()
    """A line for each step, the last for what is for the audit as a whole."""
    by_purpose: tuple[SpendLine, ...] = ()
    """A line for each kind of work, such as `document/S05` for all documents of a step."""


def summary_of(audit: str, reused: int, lines: Iterable[tuple[str, SpendLine]]) -> SpendSummary:
    """Adds up lines of models, each with the purpose it was spent for."""
    total = SpendLine(name="total")
    models, steps, groups = Sums(), Sums(), Sums()
    for purpose, line in lines:
        parts = Purpose.of_call(purpose)
        total += line
        models.add(line.name, line)
        steps.add(parts.step or AS_A_WHOLE, line)
        groups.add(parts.group, line)
    return SpendSummary(
        audit=audit,
        total=total,
        reused=reused,
        by_model=models.lines(),
        by_step=steps.lines(),
        by_purpose=groups.lines(),
    )


def by_finding(by_step: Iterable[SpendLine], findings: Iterable[tuple[str, str]]) -> tuple[SpendLine, ...]:
    """What each finding cost, from the spend of steps and each finding's ref with the step it comes of.

    A finding bears all that its step cost: reading its documents, investigating, wording. The first of several
    findings of one step bears it. What steps without a finding cost counts for the audit as a whole.
    """
    bears: dict[str, str] = {}
    for ref, step in findings:
        bears.setdefault(step, ref)
    sums = Sums()
    for line in by_step:
        sums.add(bears.get(line.name, AS_A_WHOLE), line)
    return sums.lines()


class Sums:
    """Lines by name, each the sum of what was added to it."""

    def __init__(self) -> None:
        self._lines: dict[str, SpendLine] = {}

    def add(self, name: str, line: SpendLine) -> None:
        """Add a line to the sum of that name."""
        self._lines[name] = self._lines.get(name, SpendLine(name=name)) + line

    def lines(self) -> tuple[SpendLine, ...]:
        """The sums by name, that of the audit as a whole last."""
        names = sorted(self._lines, key=lambda name: (name == AS_A_WHOLE, name))
        return tuple(self._lines[name] for name in names)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
