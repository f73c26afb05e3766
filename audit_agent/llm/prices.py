"""What tokens cost, read from a dated file."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import ValidationError

from audit_agent.domain.record import Record
from audit_agent.domain.spend import Tokens
from audit_agent.llm.call import ModelCall
from audit_agent.llm.errors import PricesNotReadableError

_MILLION = Decimal(1_000_000)
_BYTES_PER_TOKEN = 2
"""Chosen low, so that an estimate is a bound: English prose has about four bytes a token, figures about two."""
_TOKENS_PER_IMAGE = 5_000
"""What one picture takes at most; the service scales larger ones down."""
_OVERHEAD_TOKENS = 2_000
"""What the service adds around a request: the output schema and its own instructions."""


class Rates(Record):
    """US dollars per million tokens."""

    input: Decimal
    output: Decimal
    cache_write: Decimal
    cache_read: Decimal


class LongPromptRates(Rates):
    """Rates of a request whose prompt has more than `above` tokens."""

    above: int


class ModelPrice(Rates):
    """A model's rates, and those for long prompts where they differ."""

    long_prompt: LongPromptRates | None = None


class PriceList(Record):
    """Prices as of a day, and where they were read."""

    as_of: date
    source: str
    batch: Decimal
    """What a call in a batch costs, as a part of the price of a call by itself."""
    models: dict[str, ModelPrice]

    def cost(self, model: str, tokens: Tokens, in_batch: bool = False) -> Decimal | None:
        """US dollars for one delivered call; None when the model is not listed."""
        price = self.models.get(model)
        if price is None:
            return None
        long = price.long_prompt
        rates: Rates = long if long is not None and tokens.prompt > long.above else price
        total = (
            tokens.input * rates.input
            + tokens.output * rates.output
            + tokens.cache_write * rates.cache_write
            + tokens.cache_read * rates.cache_read
        )
        return total / _MILLION * (self.batch if in_batch else 1)

    def saved(self, model: str, tokens: Tokens) -> Decimal | None:
        """US dollars the prompt cache saved: what was read from it is cheap, what was written to it is dear.

        By the rates of usual prompts; None when the model is not listed.
        """
        price = self.models.get(model)
        if price is None:
            return None
        read, written = price.input - price.cache_read, price.cache_write - price.input
        return (tokens.cache_read * read - tokens.cache_write * written) / _MILLION

    def estimate(self, call: ModelCall, in_batch: bool = False) -> Decimal | None:
        """US dollars a call costs at most: a generous prompt, and every output token it may use.

        The whole prompt is priced as written to the service's cache, the dearest there is.
        """
        size = len(call.system.encode()) + sum(len(message.content.encode()) for message in call.messages)
        images = sum(len(message.images) for message in call.messages)
        prompt = size // _BYTES_PER_TOKEN + images * _TOKENS_PER_IMAGE + _OVERHEAD_TOKENS
        tokens = Tokens(cache_write=prompt, output=call.max_tokens)
        return self.cost(call.model, tokens, in_batch)


def load_prices() -> PriceList:
    """The price list that comes with the program; raises PricesNotReadableError."""
    place = Path(__file__).with_name("prices.yaml")
    try:
        return PriceList.model_validate(yaml.safe_load(place.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise PricesNotReadableError(
            f"The price list {place} cannot be read: {error}", "Restore the file as it was shipped."
        ) from error
