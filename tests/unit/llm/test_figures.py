"""Figures that code cannot account for are found, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.llm.figures import Account, fill

ACCOUNT = Account(["S03-E00012", "Journal 100011090 of 2025-10-31", "9,800.50", "min 5000.0000"], ["ISA 240.33(a)"])
FIGURES = {"amount": "12.00 EUR"}


@pytest.mark.parametrize(
    "text",
    [
        "See S03-E00012, Journal 100011090, entered 2025-10-31.",
        "An amount of EUR 9800.50 and one of 5,000.",
        "ISA 240 and ISA 240.33(a) apply.",
        "The sum is [[amount]].",
        "Journals are not balanced; first, one was found.",
    ],
)
def test_what_code_knows_is_let_through(text: str) -> None:
    assert ACCOUNT.unaccounted(text, FIGURES) == ()


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("There are 17 of them.", "17"),
        ("The total is €12,345.67.", "12,345.67"),
        ("About 5k was paid.", "5k"),
        ("It grew by 12%.", "12"),
        ("Seventeen journals stand out.", "seventeen"),
        ("Some three million were paid.", "three"),
        ("Twenty-five were found.", "twenty-five"),
        ("\uff11\uff17 of them.", "17"),
        ("The sum is [[total_loss]].", "[[total_loss]]"),
        ("S03-E00013 is the worst.", "s03-e00013"),
        ("Paid on 2025-10-30.", "2025-10-30"),
        ("9 of them, 800 more.", "9"),
    ],
)
def test_what_code_does_not_know_is_found(text: str, figure: str) -> None:
    assert figure in ACCOUNT.unaccounted(text, FIGURES)


@given(st.integers(min_value=0, max_value=10**12))
def test_no_invented_integer_passes(number: int) -> None:
    known = {100011090, 5000, 240}
    assert bool(ACCOUNT.unaccounted(f"They lost {number:,} in all.", {})) == (number not in known)


def test_figures_are_put_where_their_names_stand() -> None:
    assert fill("In all [[ amount ]].", FIGURES) == "In all 12.00 EUR."
