"""What suppliers charge for, in words."""

from functools import lru_cache
from importlib.resources import files
from random import Random

import yaml


def articles_of(rng: Random, account: str, count: int) -> list[str]:
    """So many descriptions of what is booked on an account."""
    known = _articles()[account]
    return [rng.choice(known).replace("@", str(rng.randrange(11, 980))) for _ in range(count)]


@lru_cache(maxsize=1)
def _articles() -> dict[str, list[str]]:
    text = files("audit_agent.sample.documents").joinpath("articles.yaml").read_text(encoding="utf-8")
    loaded: dict[str, list[str]] = yaml.safe_load(text)
    return loaded
