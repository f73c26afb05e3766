"""What procedures on expenses share: claims with a currency, who approved them, and what they may cost."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import ibis

from audit_agent.procedures.compared_text import plain
from audit_agent.procedures.exact import MONEY
from audit_agent.procedures.procedure import Books

CLAIM_FACTS = (
    "Expense_ID",
    "Report_ID",
    "Employee_ID",
    "Expense_Date",
    "Category",
    "Merchant",
    "Amount",
    "Approved_By",
)
"""Fields of a claim that readers of an exception ask for first."""

TRAVEL_WORDS = ("hotel", "lodging", "accommodation", "flight", "airfare", "train", "rail", "car rental", "bahn", "flug")
"""Words of categories that show that somebody is on a trip."""

_FIRST, _LAST = "0001-01-01", "9999-12-31"


def claims(books: Books, *, whole: bool = False) -> ibis.Table:
    """Expense_Reports with `Currency`, which is never empty; `whole` also those outside the period."""
    rows = books.whole("Expense_Reports") if whole else books.table("Expense_Reports")
    return rows.mutate(Currency=rows.Amount_Currency.fill_null(books.currency))


def has_any(text: ibis.Value, words: Sequence[str]) -> ibis.Value:
    """Whether the text contains one of the words, whatever the case; no text contains none."""
    found, said = ibis.literal(False), text.fill_null("").lower()
    for word in words:
        found = found | said.contains(word.lower())
    return found


def with_approver(rows: ibis.Table, books: Books) -> ibis.Table:
    """Add `approver`, the employee whose number or user id `Approved_By` is, in capitals; NULL where none is known."""
    known = books.whole("Expense_Reports").select(name="Employee_ID", number="Employee_ID")
    if books.has("Employees"):
        staff = books.whole("Employees")
        known = staff.select(name="Employee_ID", number="Employee_ID").union(
            staff.filter(staff.User_ID.notnull()).select(name="User_ID", number="Employee_ID")
        )
    known = known.select(name=known.name.upper(), number=known.number.upper()).distinct()
    # A name that stands for two people stands for nobody.
    people = known.group_by("name").aggregate(approver=known.number.min(), people=known.number.nunique())
    people = people.filter(people.people == 1).select("name", "approver")
    joined = rows.left_join(people, rows.Approved_By.upper() == people.name)
    return joined.select(*rows.columns, "approver")


def approved_by_another(rows: ibis.Table) -> ibis.Value:
    """Whether another employee than the claimant approved it, of rows `with_approver`; NULL where nobody can tell."""
    return rows.approver != rows.Employee_ID.upper()


def read_limits(texts: Sequence[str]) -> tuple[tuple[str, Decimal], ...]:
    """Read `meals=60`. Raises ValueError with what is wrong."""
    return tuple(_read_limit(text) for text in texts)


def _read_limit(text: str) -> tuple[str, Decimal]:
    word, _, amount = text.rpartition("=")
    try:
        value = Decimal(amount.strip())
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a word of a category and an amount, as `meals=60` is") from error
    if not word.strip() or not value.is_finite() or value < 0 or value != value.quantize(Decimal("0.0001")):
        raise ValueError(f"{text!r} is not a word of a category and an amount, as `meals=60` is")
    return word.strip().lower(), value


def with_ceiling(rows: ibis.Table, books: Books, limits: Sequence[str]) -> ibis.Table:
    """Add `ceiling`, the lowest limit of the claim's category in its currency or NULL, and `per_day`, what it is for.

    Limits are those of Expense_Limits where the books carry that table, else `limits` by a word in the category, in the
    books' currency.
    """
    if not books.has("Expense_Limits"):
        cases = [(has_any(rows.Category, [word]), amount) for word, amount in read_limits(limits)]
        ceiling = ibis.null(MONEY)
        if cases:
            own = rows.Currency == books.currency
            ceiling = ibis.cases(*((fits & own, ibis.literal(amount, MONEY)) for fits, amount in cases), else_=None)
        return rows.mutate(ceiling=ceiling.cast(MONEY), per_day=ibis.literal(False))
    listed = books.whole("Expense_Limits")
    listed = listed.select(
        "Limit_Amount",
        limited=plain(listed.Category),
        limit_currency=listed.Amount_Currency.fill_null(books.currency),
        daily=listed.Limit_Per.fill_null("").strip().lower().isin(["day", "daily", "per day", "tag", "jour"]),
        valid_from=listed.Valid_From.fill_null(ibis.date(_FIRST)),
        valid_to=listed.Valid_To.fill_null(ibis.date(_LAST)),
    )
    origin = ["Source_File", "Source_Row"]
    joined = rows.mutate(kind=plain(rows.Category)).inner_join(
        listed,
        [
            ibis._.kind == listed.limited,
            rows.Currency == listed.limit_currency,
            rows.Expense_Date.between(listed.valid_from, listed.valid_to),
        ],
    )
    order = ibis.window(group_by=origin, order_by=["Limit_Amount", joined.daily.desc()])
    nearest = joined.mutate(place=ibis.row_number().over(order)).filter(ibis._.place == 0)
    nearest = nearest.select(*origin, ceiling=nearest.Limit_Amount, per_day=nearest.daily)
    found = rows.left_join(nearest, origin, rname="{name}_limit")
    return found.select(*rows.columns, "ceiling", per_day=found.per_day.fill_null(False))
