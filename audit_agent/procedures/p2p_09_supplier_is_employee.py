"""P2P-09: suppliers that share a bank account, address, telephone or e-mail with an employee."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.payments import paid_to_suppliers
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.supplier_employee_pairs import SHARED, supplier_employee_pairs

_EXPENSES = DismissalRule(
    id="reimbursed-expenses",
    title="The employee's own account for expenses",
    because="The supplier carries the employee's own name, shares the bank account with nobody else, and was paid no "
    "more than the employee claimed in expense reports.",
)
_MANY = DismissalRule(
    id="shared-by-many",
    title="Address or telephone of many",
    because="Only the address or telephone agrees, and at least as many employees as `many` have it, as with the "
    "company's own premises or switchboard.",
)
_PAIRS = "Computed_Supplier_Employee_Pairs"
_FACTS = ("Supplier_Account_ID", "Supplier_Name", "Employee_ID", "Name")


class Parameters(ParameterSet):
    """How alike addresses are, and what many share."""

    address_percent: int = parameter(
        90, "Addresses this alike or more are one.", unit="percent", minimum="50", maximum="100"
    )
    many: int = parameter(
        5,
        "An address or telephone that so many employees have tells nothing.",
        unit="employees",
        minimum="2",
        maximum="100000",
    )
    dismiss: tuple[Literal["reimbursed-expenses", "shared-by-many"], ...] = dismiss_parameter(_EXPENSES, _MANY)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """All suppliers of the master."""
    return books.whole("Supplier_Listing")


def _pairs(books: Books, parameters: Parameters) -> ibis.Table:
    """Pairs with what the supplier was paid in the period (`paid`, `paid_currency`) and the employee `claimed`."""
    pairs = books.computed(_PAIRS, lambda: supplier_employee_pairs(books, parameters.address_percent))
    if books.has("Payments_Made"):
        paid = paid_to_suppliers(books)
        pairs = pairs.left_join(paid, pairs.supplier_id == paid.paid_supplier)
    else:
        pairs = pairs.mutate(paid=no_amount(), paid_currency=ibis.null("string"))
    if not books.has("Expense_Reports"):
        return pairs.mutate(claimed=no_amount())
    reports = books.table("Expense_Reports")
    reports = reports.mutate(claim_currency=reports.Amount_Currency.fill_null(books.currency))
    claims = reports.group_by(claimant="Employee_ID", claim_currency="claim_currency").aggregate(
        claimed=reports.Amount.sum().cast(TOTAL)
    )
    return pairs.left_join(claims, [pairs.employee_id == claims.claimant, pairs.paid_currency == claims.claim_currency])


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """The supplier's entry and the employee's, for each pair; a shared bank account weighs most."""
    pairs = _pairs(books, parameters)
    only_weak = ~pairs.same_bank & ~pairs.same_email & (pairs.sharers >= parameters.many)
    own = pairs.same_name & (pairs.bank_sharers <= 1)
    pairs = pairs.mutate(
        weight=pairs.same_bank.cast("int64") * 8
        + pairs.same_address.cast("int64") * 4
        + pairs.same_email.cast("int64") * 2
        + pairs.same_phone.cast("int64"),
        rule=first_of(parameters.dismiss, {_EXPENSES.id: own & (pairs.paid <= pairs.claimed), _MANY.id: only_weak}),
    )
    suppliers, employees = books.whole("Supplier_Listing"), books.whole("Employees")
    suppliers = suppliers.select(*_ORIGIN, supplier_file="Source_File", supplier_row="Source_Row")
    employees = employees.select(*_ORIGIN, employee_file="Source_File", employee_row="Source_Row")
    of_supplier = pairs.inner_join(suppliers, ["supplier_file", "supplier_row"])
    of_employee = pairs.inner_join(employees, ["employee_file", "employee_row"])
    return _rows(of_supplier, "Supplier_Listing", 0).union(_rows(of_employee, "Employees", 1))


_ORIGIN = ("Source_File", "Source_File_SHA256", "Source_Row")


def _rows(pairs: ibis.Table, table: str, part: int) -> ibis.Table:
    rows = pairs.mutate(
        Supplier_Account_ID=pairs.supplier_id,
        Supplier_Name=pairs.supplier_name,
        Employee_ID=pairs.employee_id,
        Name=pairs.employee_name,
    )
    return flagged(
        rows,
        table=table,
        key=ibis.literal("Supplier ") + rows.supplier_id + " and employee " + rows.employee_id,
        amount=rows.paid,
        currency=rows.paid_currency,
        day=ibis.null("date"),
        weight=rows.weight,
        fields=_FACTS,
        figures={name: rows[name] for name in (*SHARED, "address_percent", "supplier_address", "employee_address")},
        part=part,
        dismissed=rows.rule,
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Pairs by what they share."""
    pairs = _pairs(books, parameters)
    found = counts(pairs, **{name: pairs[name] for name in SHARED})
    return Measures(
        {
            "Employees": count(books.whole("Employees")),
            "Pairs that share a bank account": found["same_bank"],
            "Pairs that share an address": found["same_address"],
            "Pairs that share a telephone number": found["same_phone"],
            "Pairs that share an e-mail address": found["same_email"],
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Who, what they share, and what the supplier was paid."""
    supplier = f"Supplier {row['Supplier_Account_ID']}" + (f" ({row['Supplier_Name']})" if row["Supplier_Name"] else "")
    employee = f"employee {row['Employee_ID']}" + (f" ({row['Name']})" if row["Name"] else "")
    shared = []
    if row["same_bank"]:
        shared.append("the bank account")
    if row["same_address"]:
        alike = f"{row['address_percent']} % alike: {row['supplier_address']} / {row['employee_address']}"
        shared.append(f"the address ({alike})")
    if row["same_email"]:
        shared.append("the e-mail address")
    if row["same_phone"]:
        shared.append("the telephone number")
    text = f"{supplier} shares {' and '.join(shared)} with {employee}"
    if row["exception_amount"] is None:
        return f"{text}."
    return f"{text}; the supplier was paid {show(row['exception_amount'], row['exception_currency'])} in the period."


PROCEDURE = Procedure(
    id="P2P-09",
    version="1",
    title="Suppliers that are employees",
    purpose="Find suppliers with the bank account, address, telephone number or e-mail address of an employee. "
    "Addresses are compared whatever their order and spelling, all else exactly but for blanks and punctuation.",
    standard="ISA 240.A1; ACFE Fraud Examiners Manual",
    inputs=(
        TableNeed(
            table="Supplier_Listing",
            columns=("Supplier_Account_ID",),
            optional_columns=(
                "Supplier_Name",
                "Bank_Account",
                "Address_Street",
                "Address_Postal_Code",
                "Address_City",
                "Email",
                "Phone",
            ),
        ),
        TableNeed(
            table="Employees",
            columns=("Employee_ID",),
            optional_columns=("Name", "Bank_Account", "Address", "Email", "Phone"),
        ),
        TableNeed(
            table="Payments_Made",
            columns=("Supplier_Account_ID", "Payment_Amount"),
            optional_columns=("Voided", "Amount_Currency"),
            required=False,
        ),
        TableNeed(
            table="Expense_Reports",
            columns=("Employee_ID", "Amount"),
            optional_columns=("Amount_Currency",),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Employees listed as suppliers to pay their expenses back, premises and switchboards of the "
    "company, relatives who openly supply it.",
    wording=Wording(
        one="supplier shares particulars with an employee",
        many="suppliers share particulars with an employee",
        none="No supplier shares a bank account, address, telephone or e-mail with an employee.",
    ),
    facts=_FACTS,
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_EXPENSES, _MANY),
)
