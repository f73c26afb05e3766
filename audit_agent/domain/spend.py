"""What model calls cost, as it adds up per audit."""

from decimal import Decimal

from audit_agent.domain.record import Record


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


class SpendSummary(Record):
    """What an audit spent on models. A call that several audits use is charged to the one that made it."""

    audit: str
    total: SpendLine
    reused: int
    """Uses answered from the ledger, at no cost."""
    by_model: tuple[SpendLine, ...] = ()
    by_purpose: tuple[SpendLine, ...] = ()


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
