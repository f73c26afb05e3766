"""P2P-09: suppliers that share a bank account, an address or an e-mail address with an employee."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.vendors import account_number, payments_made, plain

_OPENLY = DismissalRule(
    id="own-name",
    title="Kept under the employee's own name",
    because="The supplier bears the employee's name: that is how expenses are paid back, and nothing is hidden.",
)
_ADDRESS = ("Address_Street", "Address_Postal_Code", "Address_City")


class Parameters(ParameterSet):
    """What the two are compared by."""

    compare: tuple[Literal["bank", "address", "email"], ...] = parameter(
        ("bank", "address", "email"), "What a supplier and an employee may share."
    )
    dismiss: tuple[Literal["own-name"], ...] = dismiss_parameter(_OPENLY)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Every supplier of the listing."""
    return books.whole("Supplier_Listing")


def _suppliers(books: Books, parameters: Parameters) -> ibis.Table:
    """Suppliers with what is compared."""
    listing = population(books, parameters)
    address = ibis.literal("")
    for column in _ADDRESS:
        address = address + listing[column].fill_null("") + " "
    return listing.mutate(bank=account_number(listing.Bank_Account), address=plain(address), mail=plain(listing.Email))


def _employees(books: Books) -> ibis.Table:
    staff = books.whole("Employees")
    return staff.select(
        employee="Employee_ID",
        employee_name="Name",
        staff_bank=account_number(staff.Bank_Account),
        staff_address=plain(staff.Address),
        staff_mail=plain(staff.Email),
    )


_SAME = {"bank": ("bank", "staff_bank"), "address": ("address", "staff_address"), "email": ("mail", "staff_mail")}


def _matches(books: Books, parameters: Parameters) -> ibis.Table:
    """Suppliers with an employee of the same bank account, address or e-mail address, and `shared`, the strongest."""
    suppliers, staff = _suppliers(books, parameters), _employees(books)
    found = [
        suppliers.inner_join(staff, suppliers[_SAME[name][0]] == staff[_SAME[name][1]]).mutate(
            shared=ibis.literal(name), strength=ibis.literal(3 - rank)
        )
        for rank, name in enumerate(("bank", "address", "email"))
        if name in parameters.compare
    ]
    if not found:
        return suppliers.cross_join(staff).mutate(shared=ibis.literal(""), strength=0).filter(ibis.literal(False))
    rows = found[0]
    for more in found[1:]:
        rows = rows.union(more)
    pair = ibis.window(group_by=["Supplier_Account_ID", "employee"])
    rows = rows.mutate(strongest=rows.strength.max().over(pair))
    return rows.filter(rows.strength == rows.strongest)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Pairs of supplier and employee, shared bank accounts first; the exposure is what the supplier was paid."""
    rows = _with_paid(_matches(books, parameters), books)
    named = plain(rows.Supplier_Name) == plain(rows.employee_name)
    return flagged(
        rows,
        table="Supplier_Listing",
        key=ibis.literal("Supplier ") + rows.Supplier_Account_ID + " and employee " + rows.employee,
        amount=rows.paid,
        currency=ibis.ifelse(rows.paid.isnull(), ibis.null("string"), books.currency),
        day=ibis.null("date"),
        weight=rows.strength,
        fields=("Supplier_Account_ID", "Supplier_Name"),
        figures={"employee": rows.employee, "employee_name": rows.employee_name, "shared": rows.shared},
        dismissed=first_of(parameters.dismiss, {_OPENLY.id: named}),
    )


def _with_paid(rows: ibis.Table, books: Books) -> ibis.Table:
    if not books.has("Payments_Made"):
        return rows.mutate(paid=ibis.null(TOTAL))
    payments = payments_made(books)
    payments = payments.filter(payments.Currency == books.currency)
    paid = payments.group_by(payee=payments.Supplier_Account_ID).aggregate(
        paid=payments.Payment_Amount.sum().cast(TOTAL)
    )
    return rows.left_join(paid, rows.Supplier_Account_ID == paid.payee).drop("payee")


def measures(books: Books, parameters: Parameters) -> Measures:
    """What could not be compared."""
    suppliers = _suppliers(books, parameters)
    return Measures({"Suppliers without a bank account": count(suppliers.filter(suppliers.bank.isnull()))})


def reason(row: Row, parameters: Parameters) -> str:
    """Who, and what they share."""
    shared = {"bank": "bank account", "address": "address", "email": "e-mail address"}[row["shared"]]
    supplier = f"{row['Supplier_Account_ID']} ({row['Supplier_Name'] or 'no name'})"
    return f"Supplier {supplier} has the {shared} of employee {row['employee']} ({row['employee_name']})."


PROCEDURE = Procedure(
    id="P2P-09",
    version="1",
    title="Suppliers that are employees",
    purpose="Find suppliers with the bank account, the address or the e-mail address of an employee.",
    standard="ACFE Fraud Examiners Manual (shell companies)",
    inputs=(
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID",),
            optional_columns=("Supplier_Name", "Bank_Account", "Email", *_ADDRESS),
        ),
        TableNeed(
            table="Employees", columns=("Employee_ID", "Name"), optional_columns=("Bank_Account", "Address", "Email")
        ),
        TableNeed(
            table="Payments_Made",
            columns=("Supplier_Account_ID", "Payment_Amount"),
            optional_columns=("Voided", "Amount_Currency"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Employees kept as suppliers to pay back expenses, relatives, houses with many flats.",
    wording=Wording(
        one="supplier shares details with an employee",
        many="suppliers share details with employees",
        none="No supplier shares details with an employee.",
    ),
    facts=("Supplier_Account_ID", "Supplier_Name"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_OPENLY,),
)
