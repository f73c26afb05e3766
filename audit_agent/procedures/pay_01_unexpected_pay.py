"""PAY-01: pay for people who are not employed, and pay of several people on one bank account."""

from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.compared_text import plain
from audit_agent.procedures.counting import count
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.suppliers import hard_text

_HOUSEHOLD = DismissalRule(
    id="same-household",
    title="One household",
    because="All who are paid on the account live at the same address, as couples who share an account do.",
)
_UNKNOWN, _GONE, _SHARED = "unknown", "gone", "shared"


class Parameters(ParameterSet):
    """How long pay may follow the last day."""

    grace_days: int = parameter(
        0,
        "Days after the last one within which pay is let pass, for what was still owed.",
        unit="days",
        minimum="0",
        maximum="366",
    )
    dismiss: tuple[Literal["same-household"], ...] = dismiss_parameter(_HOUSEHOLD)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Pay of the period, with `Currency` and `account`, the bank account it went to or that is on record."""
    pay = books.table("Payroll")
    staff = books.whole("Employees").select(
        employed="Employee_ID",
        employee_name="Name",
        own_account="Bank_Account",
        home="Address",
        ended="End_Date",
    )
    pay = pay.mutate(Currency=pay.Amount_Currency.fill_null(books.currency))
    joined = pay.left_join(staff, pay.Employee_ID == staff.employed)
    account = ibis.coalesce(hard_text(joined.Bank_Account).nullif(""), hard_text(joined.own_account).nullif(""))
    return joined.mutate(account=account, home=plain(joined.home))


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Pay with `wrong`, `people`, who are paid on the same account, and `homes`, their addresses."""
    pay = population(books, parameters)
    known = pay.filter(pay.account.notnull())
    shared = known.group_by(paid_on=known.account).aggregate(
        people=known.Employee_ID.nunique(),
        homes=known.home.nunique(),
        homeless=known.count(where=known.home.isnull()),
    )
    pay = pay.left_join(shared, pay.account == shared.paid_on)
    late = pay.Pay_Date.delta(pay.ended, unit="day") > parameters.grace_days
    wrong = ibis.cases((pay.employed.isnull(), _UNKNOWN), (late, _GONE), (pay.people > 1, _SHARED), else_=None)
    return pay.mutate(wrong=wrong, one_home=(pay.homes == 1) & (pay.homeless == 0))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Pay by person and what is wrong, or by bank account where several share it; the largest sums first."""
    rows = _judged(books, parameters).filter(lambda judged: judged.wrong.notnull())
    shared = rows.wrong == _SHARED
    name = ibis.ifelse(
        shared, ibis.literal("Account ending in ") + rows.account.right(4), "Employee " + rows.Employee_ID
    )
    mark = ibis.ifelse(shared, rows.account, rows.Employee_ID)
    rows = rows.mutate(mark=mark, key=name + ", " + rows.wrong + ", " + rows.Currency)
    group = ibis.window(group_by=["mark", "wrong", "Currency"])
    rows = rows.mutate(paid=rows.Gross_Amount.sum().over(group).cast(TOTAL), times=rows.count().over(group))
    # Two accounts may end alike.
    number = ibis.dense_rank().over(ibis.window(group_by="key", order_by="mark"))
    rows = rows.mutate(nth=number)
    key = ibis.ifelse(rows.nth == 0, rows.key, rows.key + ", no. " + (rows.nth + 1).cast("string"))
    return flagged(
        rows,
        table="Payroll",
        key=key,
        amount=rows.paid,
        currency=rows.Currency,
        day=rows.Pay_Date,
        weight=rows.paid,
        fields=("Employee_ID", "Pay_Date", "Approved_By"),
        figures={
            "wrong": rows.wrong,
            "name": rows.employee_name,
            "ended": rows.ended,
            "people": rows.people,
            "times": rows.times,
            "ending": rows.account.right(4),
        },
        dismissed=first_of(parameters.dismiss, {_HOUSEHOLD.id: shared & rows.one_home}),
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """People paid, and pay whose bank account is not on record."""
    pay = population(books, parameters)
    return Measures(
        {
            "People paid": count(pay.select("Employee_ID").distinct()),
            "Payments without a bank account, not compared by it": count(pay.filter(pay.account.isnull())),
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """Who was paid how much, and what is wrong with it."""
    paid = show(row["exception_amount"], row["exception_currency"])
    times = counted(row["times"], "payment")
    if row["wrong"] == _SHARED:
        return f"{row['people']:,} employees are paid on the account ending in {row['ending']}: {paid} in {times}."
    name = f" ({row['name']})" if row["name"] else ""
    why = "is not in the listing of employees" if row["wrong"] == _UNKNOWN else f"left on {row['ended']}"
    return f"Employee {row['Employee_ID']}{name} {why} and was paid {paid} in {times}."


PROCEDURE = Procedure(
    id="PAY-01",
    version="1",
    title="Pay for people who are not there",
    purpose="Find pay for people who are not in the listing of employees or had left, and bank accounts on which "
    "several people are paid.",
    standard="ACFE Fraud Examiners Manual (payroll schemes)",
    inputs=(
        TableNeed(
            table="Payroll",
            columns=("Employee_ID", "Pay_Date", "Gross_Amount"),
            optional_columns=("Bank_Account", "Amount_Currency", "Approved_By"),
        ),
        TableNeed(
            table="Employees",
            columns=("Employee_ID",),
            optional_columns=("Name", "Bank_Account", "Address", "End_Date"),
        ),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Couples who share an account, last pay after the last day, pensions.",
    wording=Wording(
        one="person or account is paid unexpectedly",
        many="people or accounts are paid unexpectedly",
        none="Everybody paid is employed and has an account of the own.",
    ),
    facts=("Employee_ID", "Pay_Date", "Approved_By"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_HOUSEHOLD,),
)
