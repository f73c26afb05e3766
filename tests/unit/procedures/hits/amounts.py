"""Journals one of whose amounts was copied."""

from typing import Any

from tests.unit.procedures.hits.journals import line

PARAMETERS: dict[str, dict[str, str]] = {"JE-16": {"minimum_count": "2", "minimum_amount": "700", "permutations": "99"}}

_AMOUNTS = [*(f"{720 + n}.{(7 * n) % 100:02d}" for n in range(30)), *["701.35"] * 9]

ROWS: dict[str, list[dict[str, Any]]] = {
    "GL_Detail": [
        line(f"C{n}", number, account, f"{sign}{amount}")
        for n, amount in enumerate(_AMOUNTS)
        for number, (account, sign) in enumerate((("4000", ""), ("1000", "-")), 1)
    ],
}
