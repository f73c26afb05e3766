"""Materiality for planning (ISA 320.10-.11, A4-A13; ISA 450.5, A2)."""

from decimal import ROUND_DOWN, Decimal

from audit_agent.domain.books import BooksProfile
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.money import exponent
from audit_agent.domain.plan import Materiality
from audit_agent.domain.program import Program


class MaterialityError(BadInputError):
    """No materiality follows from this basis or these rates."""


class NoMaterialityBasisError(BadInputError):
    """The books tell none of the measures the programme takes materiality from."""


def materiality(
    basis: str,
    basis_amount: Decimal,
    percent: Decimal,
    currency: str,
    performance_percent: Decimal = Decimal(75),
    trivial_percent: Decimal = Decimal(5),
) -> Materiality:
    """Overall materiality as `percent` of the basis; performance materiality and the clearly trivial as shares of it.

    Each amount is rounded down to two significant digits, which errs on the careful side and avoids false precision,
    but never finer than the currency's smallest unit: 0.5% of 24,690,000 is 123,450 and becomes 120,000.
    Usual rates: 5% of profit before tax, 0.5-1% of revenue, 1-2% of assets; performance 50-75% and trivial 3-5% of
    overall.
    Formula: benchmark x percent (ISA 320.10, A4-A8), overall x percent (ISA 320.11, A13; ISA 450.5, A2-A3); catalogue
    number MAT-01.
    Raises MaterialityError when the basis is not positive or a rate is not between 0 and 100.
    """
    if basis_amount <= 0:
        raise MaterialityError(
            f"The basis {basis} is {basis_amount}; materiality needs a positive amount.",
            "Choose another basis in the programme, such as assets or total_debits.",
        )
    rates = {"percent": percent, "performance_percent": performance_percent, "trivial_percent": trivial_percent}
    for name, rate in rates.items():
        if not 0 < rate <= 100:
            raise MaterialityError(f"{name} is {rate}.", "Give a rate above 0 and at most 100.")
    overall = _careful(basis_amount * percent / 100, currency)
    return Materiality(
        basis=basis,
        basis_amount=basis_amount,
        percent=percent,
        overall=overall,
        performance=_careful(overall * performance_percent / 100, currency),
        trivial=_careful(overall * trivial_percent / 100, currency),
        currency=currency,
    )


def planning_materiality(program: Program, known: BooksProfile) -> Materiality:
    """Materiality from the first basis of the programme that the books tell (ISA 320.10, A4-A5).

    The formula is that of `materiality`. Raises NoMaterialityBasisError.
    """
    for basis in program.materiality:
        amount = known.measures.get(basis.measure)
        if amount is not None and amount > 0:
            return materiality(basis.measure, amount, Decimal(basis.percent), known.currency)
    wanted = ", ".join(basis.measure for basis in program.materiality)
    raise NoMaterialityBasisError(
        f"The books tell none of the measures that programme {program.id!r} takes materiality from: {wanted}.",
        "Add GL_Detail, a Chart_Of_Accounts with Account_Type or Invoices_Received to the books, "
        "or name another basis in the programme.",
    )


def _careful(amount: Decimal, currency: str) -> Decimal:
    if not amount:
        return Decimal(0)
    step = max(amount.adjusted() - 1, -exponent(currency))
    rounded = amount.quantize(Decimal(1).scaleb(step), rounding=ROUND_DOWN)
    return rounded.quantize(Decimal(1).scaleb(-exponent(currency)))
