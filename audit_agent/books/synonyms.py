"""What other systems call our fields and tables, and how alike two names are."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib.resources import files

import yaml

_EXPANDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o"})


@lru_cache(maxsize=10_000)
def plain(name: str) -> str:
    """A name without case, accents, blanks and punctuation: `JE_Header_ Description` -> `jeheaderdescription`."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(_EXPANDED))
    return re.sub(r"[^a-z0-9]", "", "".join(char for char in text if not unicodedata.combining(char)))


@dataclass(frozen=True)
class _Synonyms:
    fields: dict[str, frozenset[str]]
    tables: dict[str, frozenset[str]]


@cache
def _synonyms() -> _Synonyms:
    text = files("audit_agent.books").joinpath("synonyms.yaml").read_text(encoding="utf-8")
    content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return _Synonyms(
        fields={name: frozenset(plain(word) for word in words) for name, words in content["fields"].items()},
        tables={name: frozenset(plain(word) for word in words) for name, words in content["tables"].items()},
    )


@lru_cache(maxsize=50_000)
def field_likeness(field: str, header: str) -> int:
    """How surely a header names a field, in percent: 100 its own name, 95 a synonym, less for a near spelling."""
    own, given = plain(field), plain(header)
    if not given:
        return 0
    if own == given:
        return 100
    words = _synonyms().fields.get(field, frozenset())
    # German umlauts are also written ae, oe, ue.
    if given in words or re.sub(r"(?<=[aou])e", "", given) in words:
        return 95
    return max((_near(word, given) for word in (own, *words)), default=0)


def _near(word: str, given: str) -> int:
    if min(len(word), len(given)) < 6 or word[:2] != given[:2]:
        return 0
    matcher = SequenceMatcher(None, word, given)
    if matcher.real_quick_ratio() < 0.86 or matcher.quick_ratio() < 0.86:
        return 0
    ratio = matcher.ratio()
    return int(ratio * 80) if ratio >= 0.86 else 0


@lru_cache(maxsize=1_000)
def table_named(file_name: str) -> str | None:
    """The table a file's or sheet's name speaks of, if any: the longest synonym in it wins."""
    stem = file_name.rpartition("#")[2].rpartition("/")[2]
    stem = re.sub(r"(\.(csv|txt|tsv|tab|gz|xlsx|xlsm|parquet))+$", "", stem, flags=re.IGNORECASE)
    words = [plain(word) for word in re.split(r"[^0-9A-Za-zÀ-ɏ]+|(?<=[a-z])(?=[A-Z])", stem) if word]
    phrases = {"".join(words[first:last]) for first in range(len(words)) for last in range(first + 1, len(words) + 1)}
    phrases |= {re.sub(r"\d+$", "", phrase) for phrase in phrases}
    known = ((word, table) for table, names in _synonyms().tables.items() for word in {*names, plain(table)})
    hits = [(len(word), table) for word, table in known if word in phrases]
    return max(hits)[1] if hits else None
