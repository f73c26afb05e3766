"""JE-15: digits of amounts."""

from typing import Any


def lines_of(amounts: list[str], journal: Any) -> list[dict[str, Any]]:
    return [
        line for n, amount in enumerate(amounts) for line in journal(f"J{n}", ("4000", amount), ("1000", f"-{amount}"))
    ]


def test_powers_of_a_ratio_conform_and_list_nothing(run: Any, journal: Any) -> None:
    amounts = [f"{int(10 * 1.0069317**n)}.{n % 100:02d}" for n in range(1000)]

    paper = run("JE-15", {"GL_Detail": lines_of(amounts, journal)}, list_digits="3")

    assert paper.statistics["First digit: judgement"] == "close conformity"
    assert paper.exception_count == 0


def test_amounts_just_below_a_limit_do_not_conform_and_are_listed_on_request(run: Any, journal: Any) -> None:
    books = {"GL_Detail": lines_of([f"49{n % 100:02d}.{n % 97:02d}" for n in range(1000)], journal)}

    silent, listed = run("JE-15", books), run("JE-15", books, list_digits="1")

    assert "first two digits nonconformity" in silent.conclusion
    assert silent.exception_count == 0
    assert listed.top[0].reason.startswith("1,000 amounts begin with 49: 100.00% where 0.88% is expected")


def test_listed_lines_are_to_be_looked_at_and_no_loss(run: Any, journal: Any) -> None:
    books = {"GL_Detail": lines_of([f"49{n % 100:02d}.{n % 97:02d}" for n in range(1000)], journal)}

    paper = run("JE-15", books, list_digits="1")

    assert (paper.exception_lines, paper.exception_amount, paper.top[0].amount) == (1000, None, None)
    assert paper.top[0].reason.endswith("They are lines to look at, not errors.")
    assert "Exposure" not in paper.conclusion


def test_few_amounts_are_not_judged(run: Any, journal: Any) -> None:
    paper = run("JE-15", {"GL_Detail": lines_of(["4900.00"] * 50, journal)}, list_digits="3")

    assert paper.statistics["First digit: judgement"] == "none, fewer than 1,000 amounts"
    assert paper.exception_count == 0


def test_leading_digits_are_exact_where_floats_would_lose_one(run: Any, journal: Any) -> None:
    paper = run("JE-15", {"GL_Detail": lines_of(["0.29"] * 3, journal)}, minimum_amount="0.01")

    first_two = next(series for series in paper.series if series.title == "First two digits")
    assert [row[0] for row in first_two.rows if row[1] == "3"] == ["29"]
