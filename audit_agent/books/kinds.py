"""Whether sample values look like what a field holds."""

import re
from collections.abc import Sequence

from audit_agent.books.schema import Kind

INDICATORS = {
    **dict.fromkeys("D S DR DEBIT SOLL DB DEB DEBE DARE DEBET".split(), "D"),
    **dict.fromkeys("C H CR CREDIT HABEN CRED HABER AVERE K KREDIT".split(), "C"),
}
"""How systems write debit and credit, in upper case and without accents."""

TRUE_WORDS = frozenset("TRUE T YES Y 1 X JA J OUI O SI S WAHR VRAI VOID VOIDED".split())
FALSE_WORDS = frozenset("FALSE F NO N 0 NEIN NON FALSCH FAUX".split())

_NUMBER = re.compile(
    r"[(+-]? ?(?:[A-Z]{3}|[€$£¥])? ?[+-]?[0-9.,]?[0-9][0-9.,'\u2019\s]*(?:\.[0-9]+)? ?(?:[A-Z]{3}|[€$£¥])? ?[)-]?"
)
_PATTERNS = {
    Kind.AMOUNT: _NUMBER,
    Kind.QUANTITY: _NUMBER,
    Kind.DATE: re.compile(
        r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([T ].*)?|[0-9]{8}|[0-9]{5}(\.0*)?"
        r"|[0-9]{1,2}[-/. ]([0-9]{1,2}|[A-Za-z]{3,9})[-/. ][0-9]{2,4}( .*)?"
        r"|00\.00\.0000|0+"
    ),
    Kind.TIME: re.compile(r"(.*[T ])?[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?.*|[0-9]{1,6}"),
    Kind.INTEGER: re.compile(r"[+-]?[0-9]{1,9}(\.0*)?"),
}


def share_of_kind(kind: Kind, values: Sequence[str]) -> int | None:
    """Percent of the values that look like the kind; None when any text would do or there are no values."""
    present = [value.strip() for value in values if value.strip()]
    if not present:
        return None
    match kind:
        case Kind.INDICATOR:
            fitting = sum(value.upper() in INDICATORS for value in present)
        case Kind.BOOLEAN:
            fitting = sum(value.upper() in TRUE_WORDS | FALSE_WORDS for value in present)
        case Kind.AMOUNT | Kind.QUANTITY | Kind.DATE | Kind.TIME | Kind.INTEGER:
            fitting = sum(_PATTERNS[kind].fullmatch(value) is not None for value in present)
        case _:
            return None
    return 100 * fitting // len(present)
