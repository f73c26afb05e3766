from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Dialect
from sqlalchemy.engine import make_url

from audit_agent.domain.audit import Phase
from audit_agent.store.base import Exact, Moment, Word

SQLITE: Dialect = make_url("sqlite://").get_dialect()()
POSTGRESQL: Dialect = make_url("postgresql+psycopg://").get_dialect()()


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="names no instant"):
        Moment().process_bind_param(datetime(2026, 3, 2), SQLITE)  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize("value", [1.5, 3, "1.50"])
def test_anything_but_a_decimal_is_refused_as_an_amount(value: Any) -> None:
    with pytest.raises(TypeError, match="is not a Decimal"):
        Exact().process_bind_param(value, POSTGRESQL)


@pytest.mark.parametrize("text", ["0.10", "-12345678901234567890.123456", "1E+3", "0"])
def test_an_amount_survives_sqlite_as_text(text: str) -> None:
    stored = Exact().process_bind_param(Decimal(text), SQLITE)

    assert Exact().process_result_value(stored, SQLITE) == Decimal(text)


def test_a_word_outside_its_vocabulary_is_refused() -> None:
    with pytest.raises(ValueError, match="sleeping"):
        Word(Phase).process_result_value("sleeping", SQLITE)
