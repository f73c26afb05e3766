"""Trial balances as series of figures by account, with what the chart of accounts says of each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import ibis

from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.extenuating import accounts_of
from audit_agent.procedures.flux import Place, Series
from audit_agent.procedures.procedure import Books


class Account(NamedTuple):
    """An account of a unit in a currency; the unit is empty where balances are not compared by it."""

    number: str
    unit: str
    currency: str


@dataclass(frozen=True)
class Words:
    """How the chart tells accounts of the balance sheet, revenue, and those that usually stand in credit."""

    balance: Sequence[str]
    revenue: Sequence[str]
    no_revenue: Sequence[str]
    in_credit: Sequence[str]


def by_unit(books: Books) -> bool:
    """Whether balances are compared by business unit: the trial balance, and expectations if any, name it."""
    named = books.filled("Trial_Balance", "Business_Unit_Code")
    return named and (not books.has("Expected_Amounts") or books.filled("Expected_Amounts", "Business_Unit_Code"))


def placed(rows: ibis.Table, books: Books) -> ibis.Table:
    """Rows with `unit`, `Currency`, `year` and `number`, none of them empty."""
    unit = rows.Business_Unit_Code.fill_null("") if by_unit(books) else ibis.literal("")
    return rows.mutate(
        unit=unit,
        Currency=rows.Amount_Currency.fill_null(books.currency),
        year=rows.Fiscal_Year.fill_null(0),
        number=rows.Period.fill_null(0),
    )


_PLACE = ["GL_Account_Number", "unit", "Currency", "year", "number"]


def account_series(books: Books, words: Words, *, natural_signs: bool) -> dict[Account, Series]:
    """Every account's figures; movements for accounts of the result, or for all where the chart tells no types."""
    balances = placed(books.whole("Trial_Balance"), books)
    found = balances.group_by(_PLACE).aggregate(
        ending=balances.Amount_Ending.sum().cast(TOTAL),
        beginning=balances.Amount_Beginning.sum().cast(TOTAL),
        unknown=balances.count(where=balances.Amount_Beginning.isnull()),
    )
    rows: dict[Account, dict[Place, Any]] = defaultdict(dict)
    for row in found.order_by(_PLACE).to_pyarrow().to_pylist():
        rows[_account(row)][Place(row["year"], row["number"])] = row
    typed = books.filled("Chart_Of_Accounts", "Account_Type")
    standing, revenue, in_credit = _kinds(books, words)
    moves = {account: not typed or account.number not in standing for account in rows}
    figures = {account: _movements(given) if moves[account] else _endings(given) for account, given in rows.items()}
    expected = _given(books, in_credit if natural_signs else frozenset())
    driver = _revenue(figures, revenue)
    return {
        account: Series(
            moves=moves[account],
            values=values,
            given=expected.get(account, {}),
            revenue=driver.get((account.unit, account.currency))
            if moves[account] and typed and account.number not in revenue
            else None,
        )
        for account, values in figures.items()
    }


def _account(row: Mapping[str, Any]) -> Account:
    return Account(row["GL_Account_Number"], row["unit"], row["Currency"])


def _kinds(books: Books, words: Words) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Numbers of accounts of the balance sheet, of revenue, and of those that stand in credit."""
    if not books.has("Chart_Of_Accounts"):
        return frozenset(), frozenset(), frozenset()
    by_type = books.whole("Chart_Of_Accounts").select(
        "GL_Account_Number", kind=ibis._.Account_Type.fill_null("").lower()
    )
    types = {row["GL_Account_Number"]: row["kind"] for row in by_type.to_pyarrow().to_pylist()}

    def of(wanted: Sequence[str]) -> frozenset[str]:
        return frozenset(number for number, kind in types.items() if any(word.lower() in kind for word in wanted))

    revenue = accounts_of(books, words.revenue, words.no_revenue).to_pyarrow().to_pylist()
    sales = frozenset(row["GL_Account_Number"] for row in revenue)
    return of(words.balance), sales, of(words.in_credit)


def _movements(rows: Mapping[Place, Mapping[str, Any]]) -> dict[Place, Fraction]:
    """What moved in each period: since its beginning balance, else since the period before it in the same year."""
    found: dict[Place, Fraction] = {}
    before: tuple[Place, Fraction] | None = None
    for place in sorted(rows):
        ending = Fraction(rows[place]["ending"])
        if not rows[place]["unknown"]:
            found[place] = ending - Fraction(rows[place]["beginning"])
        elif before is not None and before[0].year == place.year:
            found[place] = ending - before[1]
        elif place.period <= 1:
            found[place] = ending
        before = place, ending
    return found


def _endings(rows: Mapping[Place, Mapping[str, Any]]) -> dict[Place, Fraction]:
    return {place: Fraction(row["ending"]) for place, row in rows.items()}


def _given(books: Books, turned: frozenset[str]) -> dict[Account, dict[Place, Fraction]]:
    """Expected amounts, with the sign turned for these accounts."""
    found: dict[Account, dict[Place, Fraction]] = defaultdict(dict)
    if books.has("Expected_Amounts"):
        given = placed(books.whole("Expected_Amounts"), books)
        sums = given.group_by(_PLACE).aggregate(amount=given.Expected_Amount.sum().cast(TOTAL))
        for row in sums.order_by(_PLACE).to_pyarrow().to_pylist():
            sign = -1 if row["GL_Account_Number"] in turned else 1
            found[_account(row)][Place(row["year"], row["number"])] = sign * Fraction(row["amount"])
    return found


def _revenue(
    figures: Mapping[Account, Mapping[Place, Fraction]], revenue: frozenset[str]
) -> dict[tuple[str, str], dict[Place, Fraction]]:
    """Revenue of all accounts together, by unit and currency."""
    sums: dict[tuple[str, str], dict[Place, Fraction]] = defaultdict(dict)
    for account, values in figures.items():
        if account.number in revenue:
            total = sums[account.unit, account.currency]
            for place, value in values.items():
                total[place] = total.get(place, Fraction(0)) + value
    return sums
