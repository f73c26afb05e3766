"""P2P-12: e-invoices whose lines, sums and taxes do not add up, by the rules of EN 16931."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.invoice_sums import RULES, SumRule, with_differences
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_CENTS = DismissalRule(
    id="cents",
    title="Cents from rounding",
    because="No figure of the invoice is off by more than 0.02, which is what rounding leaves.",
)
_BY_LINE = DismissalRule(
    id="tax-by-line",
    title="Tax rounded line by line",
    because="Only the tax is off, by no more than half a cent for each line and less than one unit in all: it was "
    "rounded on every line and then added up.",
)
_WHOLE = DismissalRule(
    id="whole-units",
    title="Rounded to whole units",
    because="Only the amount due is off, by no more than half a unit, and it is a whole amount: it was rounded without "
    "an element that says so.",
)
_CENT = Decimal("0.02")
_HALF = Decimal("0.50")
_UNIT = Decimal(1)


class Parameters(ParameterSet):
    """What is let pass."""

    tolerance: Decimal = parameter(
        Decimal("0.00"),
        "Largest difference between a sum and what it is the sum of. EN 16931 allows none: parts are rounded already.",
        unit="invoice's currency",
        minimum="0",
    )
    tax_tolerance: Decimal = parameter(
        Decimal("0.02"),
        "Largest difference between a tax and its rate on the taxed amount, beyond rounding half up to the cent. The "
        "validators published with EN 16931 let pass less than 1.00.",
        unit="invoice's currency",
        minimum="0",
    )
    dismiss: tuple[Literal["cents", "tax-by-line", "whole-units"], ...] = dismiss_parameter(_CENTS, _BY_LINE, _WHOLE)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices whose sums are known."""
    return books.table("Invoice_Totals")


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Invoices that break a rule; the exposure is the largest difference."""
    rows = with_differences(population(books, parameters), books, parameters.tolerance, parameters.tax_tolerance)
    largest = ibis.greatest(*(rows[rule.column].abs() for rule in RULES))
    rows = rows.mutate(largest=largest, Currency=rows.Amount_Currency.fill_null(books.currency))
    rows = rows.filter(rows.largest > money(Decimal(0)))
    return flagged(
        rows,
        table="Invoice_Totals",
        key=ibis.literal("Invoice ") + rows.Invoice_Number.fill_null("without a number") + ", " + rows.Invoice_ID,
        amount=rows.largest,
        currency=rows.Currency,
        day=rows.Invoice_Date,
        weight=rows.largest,
        fields=_FACTS,
        figures={rule.column: rows[rule.column] for rule in RULES} | {name: rows[name] for name in _LETTERS},
        dismissed=first_of(parameters.dismiss, _dismissals(rows)),
    )


_LETTERS = ("base_letters", "free_letters")
_FACTS = ("Invoice_ID", "Invoice_Number", "Invoice_Date", "Supplier_Account_ID", "Total_Amount")


def _dismissals(rows: ibis.Table) -> dict[str, ibis.Value]:
    none = money(Decimal(0))

    def only(*columns: str) -> ibis.Value:
        right = ibis.literal(True)
        for rule in RULES:
            if rule.column not in columns:
                right = right & (rows[rule.column] == none)
        return right

    half_cents = (rows.lines_counted * 5).cast(TOTAL) * ibis.literal(Decimal("0.001"), "decimal(4, 3)")
    by_line = (rows.taxes.abs() <= half_cents) & (rows.taxes.abs() < money(_UNIT))
    whole = rows.Payable_Amount == rows.Payable_Amount.round(0).cast("decimal(18, 4)")
    return {
        _CENTS.id: rows.largest <= money(_CENT),
        _BY_LINE.id: only("taxes") & by_line,
        _WHOLE.id: only("due") & whole & (rows.due.abs() <= money(_HALF)),
    }


def measures(books: Books, parameters: Parameters) -> Measures:
    """What could not be tested."""
    totals = population(books, parameters)
    parts = books.whole("Invoice_Components")
    bare = totals.filter(~totals.Invoice_ID.isin(parts.Invoice_ID))
    without = counts(totals, due=totals.Payable_Amount.isnull(), net=totals.Net_Amount.isnull())
    return Measures(
        {
            "Invoices without lines or taxes": counts(bare)["all"],
            "Invoices that state no total without tax": without["net"],
            "Invoices that state no amount due": without["due"],
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Each rule that is broken, and by how much."""
    currency = row["exception_currency"]
    broken = [
        f"{rule.wording} ({_name(rule, row)}): a difference of {show(abs(row[rule.column]), currency)}"
        for rule in RULES
        if row[rule.column]
    ]
    supplier = f" of supplier {row['Supplier_Account_ID']}" if row["Supplier_Account_ID"] else ""
    number = row["Invoice_Number"] or row["Invoice_ID"]
    return f"Invoice {number}{supplier} does not add up: {'; '.join(broken)}."


def _name(rule: SumRule, row: Row) -> str:
    """The rule's name, with the letters of the tax category at fault."""
    return rule.names.replace("*", row[rule.letters]) if rule.letters else rule.names


PROCEDURE = Procedure(
    id="P2P-12",
    version="1",
    title="Invoice arithmetic and VAT integrity",
    purpose="Add up every e-invoice again: lines, allowances, charges, taxes by category and rate, and the amount due, "
    "by the rules BR-CO-10 to BR-CO-17 of EN 16931 and those of the tax categories (BR-*-08, BR-*-09).",
    standard="EN 16931-1, 6.4; ISA 330.20",
    inputs=(
        TableNeed(
            table="Invoice_Totals",
            columns=("Invoice_ID", "Total_Amount"),
            optional_columns=(
                "Invoice_Number",
                "Invoice_Date",
                "Supplier_Account_ID",
                "Amount_Currency",
                "Lines_Amount",
                "Allowances_Amount",
                "Charges_Amount",
                "Net_Amount",
                "Tax_Amount",
                "Second_Tax_Amount",
                "Prepaid_Amount",
                "Rounding_Amount",
                "Payable_Amount",
            ),
        ),
        TableNeed(
            table="Invoice_Components",
            columns=("Invoice_ID", "Component", "Amount"),
            optional_columns=("Tax_Amount", "Tax_Category", "Tax_Percent"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Tax rounded line by line, amounts due rounded to whole units without saying so.",
    wording=Wording(
        one="invoice does not add up",
        many="invoices do not add up",
        none="Every invoice adds up.",
    ),
    facts=_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_CENTS, _BY_LINE, _WHOLE),
)
