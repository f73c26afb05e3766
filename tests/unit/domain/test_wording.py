"""Numbers with their nouns."""

import pytest

from audit_agent.domain.wording import counted


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12345, "12,345 rows")])
def test_a_noun_follows_its_number(count: int, said: str) -> None:
    assert counted(count, "row") == said


def test_a_plural_of_its_own_is_used() -> None:
    assert [counted(count, "entry", "entries") for count in (1, 2)] == ["1 entry", "2 entries"]
