"""What an audit found, against what was seeded."""

from decimal import Decimal

from audit_agent.domain.workpaper import ExceptionItem
from audit_agent.sample.score import score
from audit_agent.sample.truth import SampleTruth, TruthItem, Where


def exception(ref: str, key: str = "", **facts: str) -> ExceptionItem:
    return ExceptionItem(ref=ref, key=key, reason="", score=Decimal(1), facts=facts, sources=(), source_count=1)


def item(id: str, procedure: str, *, legitimate: bool = False, **fields: tuple[str, ...]) -> TruthItem:
    return TruthItem(
        id=id,
        procedure=procedure,
        kind="",
        description="",
        where=Where(table="GL_Detail", fields=fields),
        legitimate=legitimate,
        why="because" if legitimate else "",
    )


def truth(*items: TruthItem) -> SampleTruth:
    return SampleTruth(seed=1, company="", currency="EUR", year=2025, gl_lines=0, items=items)


def test_an_exception_that_shows_the_journal_finds_the_irregularity() -> None:
    result = score(truth(item("I01", "JE-02", Journal_ID=("MJ-1",))), [("JE-02", exception("E1", Journal_ID="MJ-1"))])

    assert [match.exceptions for match in result.found] == [("E1",)]
    assert result.missed == ()


def test_the_same_journal_flagged_by_another_procedure_does_not_count() -> None:
    result = score(truth(item("I01", "JE-02", Journal_ID=("MJ-1",))), [("JE-05", exception("E1", Journal_ID="MJ-1"))])

    assert [match.item.id for match in result.missed] == ["I01"]


def test_every_field_that_an_exception_shows_must_fit() -> None:
    seeded = item("I01", "JE-11", Journal_ID=("MJ-1",), GL_Account_Number=("299900",))
    other_account = exception("E1", Journal_ID="MJ-1", GL_Account_Number="100100")

    assert not score(truth(seeded), [("JE-11", other_account)]).found


def test_an_exception_about_an_account_finds_it_without_its_journal() -> None:
    seeded = item("I01", "JE-11", Journal_ID=("MJ-1",), GL_Account_Number=("299900",))

    assert score(truth(seeded), [("JE-11", exception("E1", GL_Account_Number="299900"))]).found


def test_either_journal_of_a_duplicate_will_do() -> None:
    seeded = item("I01", "JE-09", Journal_ID=("MJ-1", "MJ-2"))

    assert score(truth(seeded), [("JE-09", exception("E1", Journal_ID="MJ-2"))]).found


def test_an_exception_without_facts_is_known_by_a_whole_word_of_its_key() -> None:
    seeded = item("I01", "JE-03", Journal_ID=("MJ-1",))

    assert score(truth(seeded), [("JE-03", exception("E1", "Numbers between MJ-1 and MJ-3"))]).found
    assert score(truth(seeded), [("JE-03", exception("E1", "Journal MJ-12"))]).missed


def test_a_flagged_look_alike_is_told_apart_from_what_was_found() -> None:
    loan = item("L01", "JE-08", legitimate=True, Journal_ID=("MJ-7",))

    result = score(truth(loan), [("JE-08", exception("E1", Journal_ID="MJ-7"))])

    assert [match.item.id for match in result.flagged_look_alikes] == ["L01"]
    assert result.found == ()


def test_exceptions_about_nothing_seeded_are_counted_by_procedure() -> None:
    seeded = item("I01", "JE-02", Journal_ID=("MJ-1",))
    found = [("JE-02", exception("E1", Journal_ID="MJ-1")), ("JE-02", exception("E2", Journal_ID="MJ-9"))]

    assert score(truth(seeded), found).unseeded == {"JE-02": 1}


def test_the_summary_is_one_line_for_people() -> None:
    seeded = truth(item("I01", "JE-02", Journal_ID=("MJ-1",)), item("I02", "JE-02", Journal_ID=("MJ-2",)))

    assert score(seeded, [("JE-02", exception("E1", Journal_ID="MJ-1"))]).summary == (
        "1 of 2 seeded irregularities found; 0 of 0 legitimate look-alikes flagged."
    )
