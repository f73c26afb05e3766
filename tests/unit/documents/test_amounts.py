"""Amounts, dates and currencies: exact where certain, nothing where not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_agent.documents.reading.amounts import amounts_in, decimal_mark, parse_amount, written_in_data
from audit_agent.documents.reading.currencies import main_currency, written_currency
from audit_agent.documents.reading.dates import dates_in, day_order

_CENTS = st.decimals(min_value=0, max_value=Decimal("999999999.99"), places=2)
_MONTHS = (
    "January February March April May June July August September October November December",
    "Januar Februar M\u00e4rz April Mai Juni Juli August September Oktober November Dezember",
    "janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre d\u00e9cembre",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


def _written(amount: Decimal, group: str, mark: str) -> str:
    return f"{amount:,.2f}".replace(",", "G").replace(".", mark).replace("G", group)


@given(_CENTS, st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("", "."), ("", ",")]))
def test_an_amount_is_read_as_it_was_written(amount: Decimal, style: tuple[str, str]) -> None:
    written = _written(amount, *style)

    assert [found.value for found in amounts_in(f"Total EUR {written}")] == [amount]


@given(_CENTS)
def test_a_sign_before_or_behind_is_kept(amount: Decimal) -> None:
    written = _written(amount, ",", ".")
    for text in (f"-{written}", f"EUR -{written}", f"({written})", f"{written}-"):
        assert [found.value for found in amounts_in(text)] == [-amount]


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    amounts_in(text)
    dates_in(text, "dmy")
    written_currency(text)


@pytest.mark.parametrize("text", ["1.234", "12,345", "1.234.56", "12%", "12/2025", "INV-12.50-3", "INV-00093"])
def test_what_may_be_no_amount_or_two_is_none(text: str) -> None:
    assert amounts_in(text) == []


def test_the_document_s_own_mark_decides() -> None:
    assert parse_amount("1.234", ",") == Decimal(1234)
    assert parse_amount("1.234", ".") == Decimal("1.234")
    assert decimal_mark(["1.200,00", "3,50", "4.5"]) == ","
    assert decimal_mark(["1.00", "1,00"]) == ""


@pytest.mark.parametrize(("text", "value"), [(".00", "0"), ("-5", "-5"), ("1.5", "1.5"), ("1e3", None), ("NaN", None)])
def test_decimals_of_xml(text: str, value: str | None) -> None:
    assert written_in_data(text) == (None if value is None else Decimal(value))


@given(_DAYS, st.sampled_from(_MONTHS), st.sampled_from(["{d}. {m} {y}", "{d} {m} {y}", "{m} {d}, {y}"]))
def test_a_day_is_read_with_the_month_in_words(day: date, months: str, form: str) -> None:
    written = form.format(d=day.day, m=months.split()[day.month - 1], y=day.year)

    assert dates_in(f"Datum: {written} x") == [day]


@given(_DAYS, st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d.%m.%y", "%Y/%m/%d"]))
def test_a_day_is_read_in_figures_that_have_one_reading(day: date, form: str) -> None:
    assert dates_in(f"Datum: {day.strftime(form)} x") == [day]


@given(_DAYS)
def test_day_and_month_are_told_apart_or_nothing_is_read(day: date) -> None:
    read = dates_in(f"{day:%d/%m/%Y}")

    assert read == ([day] if day.day > 12 or day.day == day.month else [])
    assert dates_in(f"{day:%d/%m/%Y}", "dmy") == [day]
    assert dates_in(f"{day:%m/%d/%Y}", "mdy") == [day]


def test_other_dates_prove_the_order() -> None:
    assert day_order(["03/20/2023", "01/02/2023"]) == "mdy"
    assert day_order(["20-10-2015"]) == "dmy"
    assert day_order(["20/10/2015", "10/20/2015"]) == ""
    assert day_order(["01/02/2023"]) == ""


@pytest.mark.parametrize("text", ["2025-13-40", "31/02/2025", "99.99.2025", "1.2.3.4", "12-345-6789"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert dates_in(text, "dmy") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("€ 12", "EUR"),
        ("12.00 CHF", "CHF"),
        ("12,00EUR", "EUR"),
        ("Total USD", "USD"),
        ("Rs 1939", "INR"),
        ("All prices in US Dollars", "USD"),
        ("ALL prices", None),
        ("SWIFT HELADEF1GEL", None),
        ("TOP 10", "TOP"),
        ("kr 100", None),
    ],
)
def test_a_currency_stands_beside_figures(text: str, code: str | None) -> None:
    found = written_currency(text)

    assert (found[0] if found else None) == code


def test_the_currency_named_most_often_is_the_main_one() -> None:
    assert main_currency(["EUR 1", "EUR 2", "USD 3"]) == "EUR"
    assert main_currency(["EUR 1", "USD 3"]) == ""
