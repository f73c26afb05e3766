"""JE-17: journals ranked by how unusual they are."""

from random import Random
from typing import Any


def usual(journal: Any, number: int = 300) -> list[dict[str, Any]]:
    drawn = Random(5)
    return [
        line
        for n in range(number)
        for amount in [f"{drawn.randrange(1_000, 9_000)}.{drawn.randrange(100):02d}"]
        for line in journal(
            f"U{n}",
            ("4000", amount),
            ("1000", f"-{amount}"),
            Entered_By=drawn.choice(["ANNA", "CARL"]),
            Entered_Time=f"{drawn.randrange(8, 18):02d}:00:00",
        )
    ]


def test_what_differs_in_many_respects_comes_first_and_says_why(run: Any, journal: Any) -> None:
    odd = journal(
        "ODD", ("9100", "900000.00"), ("8200", "-900000.00"), Entered_By="ZOE", Entered_Time="03:00:00", Source="X"
    )

    paper = run("JE-17", {"GL_Detail": [*usual(journal), *odd]})

    assert [item.key for item in paper.top] == ["Journal ODD"]
    assert paper.top[0].reason.startswith("Journal ODD by ZOE is number 1 by how unusual it is, above all by ")
    assert "no other is as far out" in paper.top[0].reason


def test_as_many_are_listed_as_asked_for_and_one_at_least(run: Any, journal: Any) -> None:
    books = {"GL_Detail": usual(journal)}

    assert [run("JE-17", books, top_percent=share).exception_count for share in ("0", "1", "1.1")] == [1, 3, 4]


def test_journals_that_differ_in_nothing_are_not_ranked(run: Any, journal: Any) -> None:
    books = {"GL_Detail": [line for n in range(5) for line in journal(f"J{n}", ("4000", "5.00"), ("1000", "-5.00"))]}

    paper = run("JE-17", books)

    assert (paper.exception_count, paper.statistics["Ranked by"]) == (0, "nothing")


def test_a_reversal_pair_approved_by_another_is_dismissed(run: Any, journal: Any) -> None:
    odd = journal(
        "ODD",
        ("9100", "900000.00"),
        ("8200", "-900000.00"),
        Entered_By="ZOE",
        Approved_By="BEN",
        Reversal_Journal_ID="BACK",
    )

    paper = run("JE-17", {"GL_Detail": [*usual(journal), *odd]})

    assert (paper.exception_count, paper.dismissed.top[0].rule) == (0, "reversal")


def test_a_reversal_pair_that_its_preparer_approved_stays(run: Any, journal: Any) -> None:
    odd = journal(
        "ODD",
        ("9100", "900000.00"),
        ("8200", "-900000.00"),
        Entered_By="ZOE",
        Approved_By="zoe",
        Reversal_Journal_ID="BACK",
    )

    assert [item.key for item in run("JE-17", {"GL_Detail": [*usual(journal), *odd]}).top] == ["Journal ODD"]
