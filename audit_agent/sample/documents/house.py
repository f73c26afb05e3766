"""How one sender writes: its language, words, layout and the form of its amounts and dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from random import Random

import yaml

from audit_agent.sample.documents.bill import Sender

LAYOUTS = 3
_FONTS = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
_SIGNS = {"EUR": "\u20ac", "USD": "$", "GBP": "\u00a3"}
_MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "en": "January February March April May June July August September October November December".split(),
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
}
_DAYS = {
    "de": ("{0:%d.%m.%Y}", "{0:%d.%m.%Y}", "{0:%d.%m.%y}", "{0.day}. {1} {0.year}", "{0:%Y-%m-%d}"),
    "en": ("{0.day} {1} {0.year}", "{1} {0.day}, {0.year}", "{0:%d/%m/%Y}", "{0:%Y-%m-%d}"),
    "nl": ("{0:%d-%m-%Y}", "{0.day} {1} {0.year}", "{0:%d/%m/%Y}"),
}
_MONEY = {
    "de": ("{} {code}", "{} {sign}", "{}", "{code} {}"),
    "en": ("{sign}{}", "{code} {}", "{} {code}"),
    "nl": ("{sign} {}", "{sign} {}", "{}"),
}
_LANGUAGES = {"DE": "de", "NL": "nl", "IE": "en"}


@dataclass(frozen=True)
class House:
    """The habits of one sender. `compact` senders put the number into the title and nowhere else."""

    language: str
    words: Mapping[str, str]
    layout: int
    font: str
    day_form: str
    money_form: str
    grouping: bool
    compact: bool
    place: str
    client: str

    def day(self, day: date) -> str:
        """A date as this sender writes it."""
        return self.day_form.format(day, _MONTHS[self.language][day.month - 1])

    def money(self, cents: int, currency: str) -> str:
        """An amount with its currency, where this sender writes one beside it."""
        return self.money_form.format(self.figure(cents), code=currency, sign=_SIGNS.get(currency, currency))

    def figure(self, cents: int) -> str:
        """An amount without its currency, as in a column."""
        whole, rest = divmod(cents, 100)
        written = f"{whole:,}.{rest:02d}" if self.grouping else f"{whole}.{rest:02d}"
        return written if self.language == "en" else written.translate(str.maketrans(",.", ".,"))

    @property
    def names_currency_beside_amounts(self) -> bool:
        """Otherwise it is named once, above the lines."""
        return self.money_form != "{}"


def house_of(seed: int, sender: Sender) -> House:
    """A sender's habits: the same for all its documents."""
    rng = Random(f"{seed}/house/{sender.name}")
    language = _LANGUAGES[sender.country]
    return House(
        language=language,
        words={name: rng.choice(phrases) for name, phrases in _wording()[language].items()},
        layout=rng.randrange(LAYOUTS),
        font=rng.choice(_FONTS),
        day_form=rng.choice(_DAYS[language]),
        money_form=rng.choice(_MONEY[language]),
        grouping=rng.randrange(5) > 0,
        compact=rng.randrange(6) == 0,
        place=f"{rng.choice(_STREETS)} {rng.randrange(1, 140)}, {rng.randrange(10_000, 99_999)} {rng.choice(_TOWNS)}",
        client=f"K{rng.randrange(10_000, 99_999)}",
    )


_STREETS = ("Werkstraße", "Am Hafen", "Mühlenweg", "Industriering", "Lindenallee", "Kanaldamm")
_TOWNS = ("Ostermoor", "Haldenmoor", "Tarnfels", "Wespelaar", "Lunfordshaven", "Grauwalden")


@lru_cache(maxsize=1)
def _wording() -> dict[str, dict[str, list[str]]]:
    text = files("audit_agent.sample.documents").joinpath("wording.yaml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, list[str]]] = yaml.safe_load(text)
    return loaded
