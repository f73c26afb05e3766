"""Legal forms of companies in many languages, by kind: an AG is a joint-stock company, a GmbH is not."""

_FORMS = {
    "stock": (
        "ag", "akg", "aktiengesellschaft", "plc", "public limited company", "sa", "sociedad anonima", "societe anonyme",
        "spa", "societa per azioni", "nv", "naamloze vennootschap", "ab", "aktiebolag", "asa", "oyj", "as",
        "aktieselskab", "jsc", "joint stock company", "open joint stock company", "public joint stock company", "oao",
        "ojsc", "pjsc", "pao", "zao", "cjsc", "ao", "aktsionernoe obshchestvo", "aktsionernoe obschestvo", "se",
        "kk", "kabushiki kaisha", "sab de cv", "sa de cv", "berhad", "bhd",
    ),
    "limited": (
        "gmbh", "gesellschaft mit beschrankter haftung", "ug", "ltd", "limited", "co ltd", "co limited",
        "company limited",
        "pty ltd", "pte ltd", "pvt ltd", "private limited", "llc", "limited liability company", "sarl", "srl", "sl",
        "societate cu raspundere limitata", "societatea cu raspundere limitata", "sociedad limitada", "bv", "bvba",
        "besloten vennootschap", "ooo", "obshchestvo s ogranichennoy otvetstvennostyu",
        "obshchestvo s ogranichennoi otvetstvennostiu", "sp z oo", "sp z o o",
        "spolka z ograniczona odpowiedzialnoscia",
        "sro", "s r o", "doo", "d o o", "kft", "aps", "oy", "sas", "lda", "ltda", "eood", "ood", "sdn bhd",
    ),
    "partnership": (
        "kg", "kommanditgesellschaft", "ohg", "gbr", "gmbh and co kg", "ag and co kg", "lp", "limited partnership",
        "llp",
        "lllp", "snc", "sca", "cv", "vof",
    ),
    "": (
        "inc", "incorporated", "corp", "corporation", "co", "company", "and co", "and company", "group", "gruppe",
        "holding", "holdings",
    ),
}  # fmt: skip
"""Under the empty kind: words that say a company is one, and not of which kind."""

_BY_WORDS = {tuple(form.split()): kind for kind, forms in _FORMS.items() for form in forms}
_LONGEST = max(len(words) for words in _BY_WORDS)


def without_legal_form(words: list[str]) -> tuple[list[str], frozenset[str]]:
    """The words that name the company, and the kinds of its legal form; all words where nothing else is left.

    Forms count at the end and at the beginning, the longest first.
    """
    kinds: set[str] = set()
    rest = words
    while found := _at_end(rest) or _at_start(rest):
        rest, kind = found
        kinds.add(kind)
    return rest, frozenset(kinds - {""})


def _at_end(words: list[str]) -> tuple[list[str], str] | None:
    for size in range(min(_LONGEST, len(words) - 1), 0, -1):
        kind = _BY_WORDS.get(tuple(words[-size:]))
        if kind is not None:
            return words[:-size], kind
    return None


def _at_start(words: list[str]) -> tuple[list[str], str] | None:
    """Only forms of a known kind stand before a name: `Group 4` is no company called 4."""
    for size in range(min(_LONGEST, len(words) - 1), 0, -1):
        if kind := _BY_WORDS.get(tuple(words[:size])):
            return words[size:], kind
    return None
