"""JE-16: amounts that repeat."""

from random import Random
from typing import Any


def lines_of(amounts: list[str], journal: Any, **columns: Any) -> list[dict[str, Any]]:
    return [
        line
        for n, amount in enumerate(amounts)
        for line in journal(f"J{n}", ("4000", amount), ("1000", f"-{amount}"), **columns)
    ]


def spread(number: int) -> list[str]:
    drawn = Random(4)
    return [f"{drawn.randrange(100, 140)}.{drawn.randrange(100):02d}" for _ in range(number)]


def test_an_amount_that_was_copied_is_listed(run: Any, journal: Any) -> None:
    books = {"GL_Detail": lines_of([*spread(800), *["112.50"] * 25], journal)}

    paper = run("JE-16", books, permutations="199", alpha="0.01")

    assert paper.statistics["p"] == "0.0050"
    assert paper.top[0].key == "Amount 112.50 USD"
    assert paper.top[0].reason.startswith("112.50 USD occurs 25 times where its digits alone explain ")


def test_amounts_that_are_spread_list_nothing(run: Any, journal: Any) -> None:
    paper = run("JE-16", {"GL_Detail": lines_of(spread(800), journal)}, permutations="199")

    assert paper.exception_count == 0
    assert "no more often than by chance" in paper.conclusion


def test_few_amounts_are_not_judged(run: Any, journal: Any) -> None:
    paper = run("JE-16", {"GL_Detail": lines_of(["500.00"] * 99, journal)})

    assert (paper.exception_count, paper.statistics["Judgement"]) == (0, "none, fewer than 100 amounts")


def test_a_monthly_rent_of_one_account_is_dismissed_and_kept(run: Any, journal: Any) -> None:
    rent = [
        line
        for month in range(1, 13)
        for line in journal(f"R{month}", ("6100", "112.50"), ("1000", "-112.50"), Effective_Date=f"2025-{month:02d}-01")
    ]
    books = {"GL_Detail": [*lines_of(spread(400), journal), *rent]}

    paper = run("JE-16", books, permutations="199", alpha="0.01")

    assert paper.exception_count == 0
    assert [(item.key, item.rule) for item in paper.dismissed.top] == [("Amount 112.50 USD", "recurring")]


def test_rent_posted_twice_in_one_month_stays(run: Any, journal: Any) -> None:
    rent = [
        line
        for n, day in enumerate([f"2025-{month:02d}-01" for month in range(1, 13)] + ["2025-06-03"])
        for line in journal(f"R{n}", ("6100", "112.50"), ("1000", "-112.50"), Effective_Date=day)
    ]

    paper = run("JE-16", {"GL_Detail": [*lines_of(spread(400), journal), *rent]}, permutations="199", alpha="0.01")

    assert [item.key for item in paper.top] == ["Amount 112.50 USD"]


def test_last_digits_are_those_of_the_currency(run: Any, journal: Any) -> None:
    drawn = Random(4)
    yen = [str(drawn.randrange(1_000, 5_000)) for _ in range(400)]
    books = {"GL_Detail": lines_of([*yen, *["1250"] * 25], journal, Amount_Currency="JPY")}

    paper = run("JE-16", books, permutations="199", alpha="0.01")

    assert paper.top[0].reason.startswith("1,250 JPY occurs 2")
