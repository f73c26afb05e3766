"""How alike two names of companies or people are, from 0 to 1."""

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from audit_agent.matching.legal_forms import without_legal_form
from audit_agent.matching.letters import plain

SAME = 0.9
"""From this score on two names are taken for one."""

_ARTICLES = frozenset("the le la les der die das el los il de of for fur und and et y".split())
_TITLES = frozenset("mr mrs ms miss dr prof sir herr frau monsieur madame mme senor senora shaikh sheikh haji".split())
_PARTICLES = {"bin": "bin", "ibn": "bin", "ben": "bin", "bint": "bint", "al": "al", "el": "al"}
"""Words of Arabic names that belong to the next: who is the son of whom, whatever the order of the rest."""

_OMITTED = 0.05
"""What a word weighs in a person's name where only one of the names has it, such as a middle name."""

_LETTERS_OF_NAME, _LETTERS_OF_WORD = 8, 4
"""One slip of the pen in so many letters leaves a whole name, or a word beside others, the same."""

_OTHER_FORM = 0.85
"""What is left of the score where both name legal forms of different kinds: those are two legal persons."""


@dataclass(frozen=True)
class Name:
    """A name as it is compared."""

    words: tuple[str, ...]
    forms: frozenset[str]


@lru_cache(maxsize=65_536)
def company(text: str) -> Name:
    """The words of a company's name without articles, its legal forms apart."""
    words, forms = without_legal_form(plain(text).split())
    kept = tuple(word for word in words if word not in _ARTICLES)
    return Name(kept or tuple(words), forms)


@lru_cache(maxsize=65_536)
def person(text: str) -> Name:
    """The words of a person's name without titles, each once, particles with what follows them."""
    words = plain(text).split()
    kept: list[str] = []
    before = ""
    for word in words:
        if word in _PARTICLES:
            before += _PARTICLES[word]
        elif word not in _TITLES:
            kept.append(before + word)
            before = ""
    return Name(tuple(dict.fromkeys(kept)) or tuple(words), frozenset())


def company_score(first: str, second: str) -> float:
    """How alike two companies' names are: whatever case, accents, punctuation, word order and way to write the form."""
    one, other = company(first), company(second)
    score = _score(one.words, other.words, missing=1.0)
    apart = one.forms and other.forms and one.forms.isdisjoint(other.forms)
    return score * _OTHER_FORM if apart else score


def person_score(first: str, second: str) -> float:
    """How alike two people's names are: also with middle names left out, or first names as initials."""
    one, other = person(first), person(second)
    few = min(len(one.words), len(other.words))
    return _score(one.words, other.words, missing=_OMITTED if few > 1 else 1.0, initials=True)


def words_score(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How alike two lists of words are, in whatever order, where either may leave words out."""
    return _word_by_word(one, other, _OMITTED, False) if one and other else 0.0


def _score(one: tuple[str, ...], other: tuple[str, ...], *, missing: float, initials: bool = False) -> float:
    """The better of two readings: letters run together, and word by word in any order."""
    if not one or not other:
        return 0.0
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return 1.0
    orders = ((one, other), (sorted(one), sorted(other)))
    together = max(_word("".join(a), "".join(b), _LETTERS_OF_NAME) for a, b in orders)
    return max(together, _word_by_word(one, other, missing, initials))


def _word_by_word(one: tuple[str, ...], other: tuple[str, ...], missing: float, initials: bool) -> float:
    """The mean likeness of words paired from the most alike on, by length; words without a pair weigh `missing`."""
    likeness = sorted(
        ((_alike(a, b, initials), i, j) for i, a in enumerate(one) for j, b in enumerate(other)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    left, right = dict(enumerate(one)), dict(enumerate(other))
    score = weight = 0.0
    for alike, i, j in likeness:
        if alike and i in left and j in right:
            size = max(len(left.pop(i)), len(right.pop(j)))
            score, weight = score + alike * size, weight + size
    unpaired_both = bool(left) and bool(right)
    lost = sum(len(word) for word in (*left.values(), *right.values()))
    weight += lost * (1.0 if unpaired_both else missing)
    return score / weight if weight else 0.0


def _alike(a: str, b: str, initials: bool) -> float:
    if initials and 1 in (len(a), len(b)):
        return SAME if a[0] == b[0] else 0.0
    return _word(a, b, _LETTERS_OF_WORD)


def _word(a: str, b: str, letters: int) -> float:
    """Jaro-Winkler of two texts that differ by at most one slip of the pen in so many letters, 0 otherwise."""
    if a == b:
        return 1.0
    allowed = max(len(a), len(b)) // letters
    if OSA.distance(a, b, score_cutoff=allowed) > allowed:
        return 0.0
    return JaroWinkler.similarity(a, b)
