"""How alike two names are: accents, legal forms and the order of words do not count."""

import re
import unicodedata

LEGAL_FORMS = frozenset(
    "ab ag aktiengesellschaft aps as asa bv co company corp corporation cv eg ek ev gbr gesellschaft gesmbh gmbh "
    "gmbhco gp inc incorporated jsc kg kgaa lda limited llc llp lp ltd ltda mbh nv oao ohg ojsc ooo oy oyj pao pjsc "
    "plc pte pty sa sarl sas se sl snc spa sprl srl ug zao und and the".split()
)
"""Words that say what kind of company it is, without dots."""
_WRITTEN_OUT = re.compile(
    r"\b(?:(?:open |closed |public )?joint[ -]stock company|(?:public )?limited liability (?:company|partnership)"
    r"|mit beschraenkter haftung|sp\.? ?z ?o\.? ?o\.?|societe (?:anonyme|a responsabilite limitee)"
    r"|sociedad anonima|societa per azioni)(?!\w)"
)
"""The same in several words, as they are once accents are gone."""


def words_of(name: str) -> tuple[str, ...]:
    """The words that tell a name from others, sorted: `Müller & Söhne GmbH` gives `mueller`, `soehne`."""
    text = name.casefold()
    for umlaut, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ø", "oe"), ("å", "aa"), ("æ", "ae")):
        text = text.replace(umlaut, written)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    plain = _WRITTEN_OUT.sub(" ", plain)
    words = re.findall(r"[^\W_]+", re.sub(r"(?<=\w)\.(?=\w)|'", "", plain).replace(".", " "))
    kept = [word for word in words if word not in LEGAL_FORMS]
    return tuple(sorted(kept or words))


def likeness(one: str, other: str) -> int:
    """Between 0 and 1,000: the Jaro-Winkler similarity of the sorted words, rounded down; 0 for an empty name."""
    from rapidfuzz.distance import JaroWinkler

    left, right = " ".join(words_of(one)), " ".join(words_of(other))
    if not left or not right:
        return 0
    return int(JaroWinkler.normalized_similarity(left, right) * 1_000)
