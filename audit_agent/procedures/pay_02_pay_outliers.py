"""PAY-02: rates and overtime far above those of the same grade, and net pay that does not follow from gross."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.counting import count, counts
from audit_agent.procedures.dismissing import DismissalRule, dismiss_parameter, first_of
from audit_agent.procedures.exact import TOTAL, money, no_amount
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.pay import PAY, pays, tells_deductions, with_net_difference
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.robust import ROBUST, high_outlier, robust_z, with_robust

_SETTLED = DismissalRule(
    id="settled",
    title="Put right in a later pay",
    because="What was paid too much or too little was settled to the last cent by another pay of the same person soon "
    "after.",
)
_PEAK = DismissalRule(
    id="peak",
    title="A peak for the whole grade",
    because="At least half of the others of the grade who were paid that day, three people or more, worked at least "
    "two thirds of that overtime themselves.",
)
_RATE, _OVERTIME, _NET = "rate", "overtime", "net"


class Parameters(ParameterSet):
    """When pay is an outlier, and how exactly net must follow from gross."""

    robust_z: Decimal = parameter(
        Decimal(3),
        "Rates and overtime whose robust z within the grade is above this are outliers.",
        unit="z",
        minimum="1",
        maximum="100",
    )
    least_percent: Decimal = parameter(
        Decimal(10),
        "An outlier is at least this far above the median, so that equal rates in a grade make no outlier of a cent.",
        unit="percent",
        minimum="0",
        maximum="1000",
    )
    least_people: int = parameter(
        8, "Grades of fewer people are not compared.", unit="people", minimum="3", maximum="10000"
    )
    overtime_percent: Decimal = parameter(
        Decimal(50),
        "Where too few people of a grade work overtime to be compared, overtime above this share of the hours is "
        "flagged.",
        unit="percent",
        minimum="0",
        maximum="1000",
    )
    tolerance: Decimal = parameter(
        Decimal("0.01"), "Difference of net pay that is let pass.", unit="the pay's currency", minimum="0"
    )
    settled_days: int = parameter(
        62, "A wrong net is settled when other pay puts it right within this time.", unit="days", minimum="0",
        maximum="366",
    )  # fmt: skip
    dismiss: tuple[Literal["settled", "peak"], ...] = dismiss_parameter(_SETTLED, _PEAK)


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """All pay of the period."""
    return pays(books)


_BY_RATE, _BY_GRADE = ["grade", "Currency", "basis"], ["grade"]


def _rates(books: Books, parameters: Parameters) -> ibis.Table:
    """Pay that can be compared, with `people` of its grade and robust figures of `compared`."""
    rows = pays(books)
    rows = rows.filter(rows.compared.notnull())
    people = rows.Employee_ID.nunique().over(ibis.window(group_by=_BY_RATE))
    return with_robust(rows.mutate(people=people, value=rows.compared), _BY_RATE, "value")


def _rate_rows(books: Books, parameters: Parameters) -> ibis.Table:
    rows = _rates(books, parameters)
    rows = rows.filter(rows.people >= parameters.least_people)
    rows = rows.filter(high_outlier(rows, "value", parameters.robust_z, parameters.least_percent))
    return _flag(rows, _RATE, amount=rows.Gross_Amount)


def _overtime(books: Books, parameters: Parameters) -> ibis.Table:
    """Pay with overtime, with `people` of its grade who worked any and robust figures of the hours."""
    rows = pays(books)
    rows = rows.filter(rows.Overtime_Hours > 0)
    people = rows.Employee_ID.nunique().over(ibis.window(group_by=_BY_GRADE))
    return with_robust(rows.mutate(people=people, value=rows.Overtime_Hours), _BY_GRADE, "value")


def _overtime_rows(books: Books, parameters: Parameters) -> ibis.Table:
    rows = _overtime(books, parameters)
    share = ibis.literal(parameters.overtime_percent, "decimal(18, 6)")
    much = (rows.Overtime_Hours * 100 > rows.Hours * share).fill_null(False)
    outlier = high_outlier(rows, "value", parameters.robust_z, parameters.least_percent)
    compared = rows.people >= parameters.least_people
    rows = rows.mutate(alone=~compared).filter(ibis.ifelse(compared, outlier, much))
    worth = (rows.Overtime_Hours * rows.compared).cast(TOTAL)
    amount = ibis.ifelse(rows.basis == PAY, None, ibis.least(worth, rows.Gross_Amount.cast(TOTAL)))
    return _flag(
        rows, _OVERTIME, amount=amount, alone=rows.alone,
        dismissed=first_of(parameters.dismiss, {_PEAK.id: _in_a_peak(rows, books)}),
    )  # fmt: skip


def _in_a_peak(rows: ibis.Table, books: Books) -> ibis.Value:
    """Whether half of the others of the grade paid that day, three at least, worked two thirds of the overtime."""
    others = pays(books)
    others = others.group_by(their_grade=others.grade, their_day=others.Pay_Date, other=others.Employee_ID).aggregate(
        theirs=others.Overtime_Hours.fill_null(0).sum()
    )
    beside = rows.inner_join(
        others,
        [
            rows.grade == others.their_grade,
            rows.Pay_Date == others.their_day,
            rows.Employee_ID != others.other,
        ],
    )
    near = beside.theirs * 3 >= beside.Overtime_Hours * 2
    groups = beside.group_by("Source_File", "Source_Row").aggregate(
        near=near.cast("int64").sum(), others=beside.count()
    )
    peaks = groups.filter((groups.near >= 3) & (groups.near * 2 >= groups.others))
    return (rows.Source_File + " " + rows.Source_Row.cast("string")).isin(
        peaks.Source_File + " " + peaks.Source_Row.cast("string")
    )


def _net_rows(books: Books, parameters: Parameters) -> ibis.Table:
    rows = with_net_difference(pays(books), books)
    rows = rows.filter(rows.off.abs() > money(parameters.tolerance))
    every = with_net_difference(pays(books, whole=True), books)
    every = every.filter(every.off.abs() > money(parameters.tolerance))
    sums = every.group_by(person=every.Employee_ID, person_currency=every.Currency).aggregate(
        left=every.off.sum().cast(TOTAL),
        lasted=every.Pay_Date.max().delta(every.Pay_Date.min(), unit="day"),
    )
    joined = rows.left_join(sums, [rows.Employee_ID == sums.person, rows.Currency == sums.person_currency])
    settled = (joined.left == 0) & (joined.lasted <= parameters.settled_days)
    return _flag(
        joined, _NET, amount=joined.off.abs(), off=joined.off, expected=joined.expected,
        dismissed=first_of(parameters.dismiss, {_SETTLED.id: settled}),
    )  # fmt: skip


def _flag(
    rows: ibis.Table, kind: str, *, amount: ibis.Value, dismissed: ibis.Value | None = None, **figures: ibis.Value
) -> ibis.Table:
    """One exception for each person, kind and currency; what a kind does not tell is NULL."""
    group = ibis.window(group_by=["Employee_ID", "Currency"])
    rows = rows.mutate(
        worth=amount.cast(TOTAL),
        dismissal=ibis.null("string") if dismissed is None else dismissed,
        **{f"told_{name}": value for name, value in figures.items()},
    )
    far = rows.value if kind != _NET else rows.worth
    order = ibis.window(group_by=["Employee_ID", "Currency"], order_by=[far.desc(), "Source_File", "Source_Row"])
    rows = rows.mutate(
        position=ibis.row_number().over(order), exposed=rows.worth.sum().over(group), times=rows.count().over(group)
    )
    empty = {
        "value": ibis.null("decimal(18, 6)"),
        "basis": ibis.null("string"),
        "alone": ibis.literal(False),
        "off": no_amount(),
        "expected": no_amount(),
        **{name: ibis.null("int64" if name == "observed" else "decimal(38, 6)") for name in ROBUST},
    }
    compared = {name: rows[name] for name in ("value", "basis", *ROBUST)} if kind != _NET else {}
    return flagged(
        rows,
        table="Payroll",
        key=ibis.literal("Employee ") + rows.Employee_ID + f", {kind}, " + rows.Currency,
        amount=rows.exposed,
        currency=rows.Currency,
        day=rows.Pay_Date,
        weight=rows.exposed.fill_null(0),
        fields=("Employee_ID", "Pay_Date", "Gross_Amount", "Net_Amount", "Hours", "Approved_By"),
        figures={"kind": ibis.literal(kind), "grade": rows.grade, "times": rows.times}
        | empty
        | compared
        | {name: rows[f"told_{name}"] for name in figures},
        part=rows.position,
        dismissed=rows.dismissal,
    )


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Outlying rates and overtime, and nets that do not follow from gross, the largest sums first."""
    rows = _rate_rows(books, parameters)
    if books.filled("Payroll", "Overtime_Hours"):
        rows = rows.union(_overtime_rows(books, parameters))
    return rows.union(_net_rows(books, parameters)) if books.filled("Payroll", "Net_Amount") else rows


def measures(books: Books, parameters: Parameters) -> Measures:
    """What was compared, and what could not be."""
    rates = _rates(books, parameters)
    every = pays(books)
    found = counts(rates, small=rates.people < parameters.least_people, nowhere=rates.grade == "")
    statistics = {
        "Pays compared by rate": str(int(found["all"]) - int(found["small"])),
        "Pays in grades of too few people, rate not compared": found["small"],
        "Pays of people without a grade, compared with each other": found["nowhere"],
        "Pays without a net amount, not recomputed": count(every.filter(every.Net_Amount.isnull())),
    }
    if not books.filled("Payroll", "Overtime_Hours"):
        statistics["Overtime"] = "not in the books, not tested"
    if books.filled("Payroll", "Net_Amount") and not tells_deductions(books):
        statistics["Net pay"] = "tax or deductions are not in the books; only a net that is too high is flagged"
    return Measures(statistics)


def reason(row: Row, parameters: Parameters) -> str:
    """How far the pay is from what is usual, or the net from what gross makes it."""
    currency, day = row["exception_currency"], row["Pay_Date"]
    grade = f"grade {row['grade']}" if row["grade"] else "all who have no grade"
    times = f"; {counted(row['times'], 'such payment')} in all" if row["times"] > 1 else ""
    if row["kind"] == _NET:
        way = "more" if row["off"] > 0 else "less"
        return (
            f"Employee {row['Employee_ID']} was paid {show(row['Net_Amount'], currency)} net on {day}, "
            f"{show(abs(row['off']), currency)} {way} than gross, tax and deductions make "
            f"({show(row['expected'], currency)}){times}."
        )
    if row["alone"]:
        return (
            f"Employee {row['Employee_ID']} was paid {_hours(row['value'])} hours of overtime beside "
            f"{_hours(row['Hours'])} hours on {day}; too few of {grade} work overtime to compare it{times}."
        )
    middle, z = row["twice_middle"] / 2, robust_z(row)
    if row["kind"] == _OVERTIME:
        said = f"{_hours(row['value'])} hours of overtime on {day}, against a median of {_hours(middle)}"
    else:
        what = {"rate": "at a rate of ", "pay per hour": "per hour "}.get(row["basis"], "")
        said = f"{what}{show(row['value'], currency)} on {day}, against a median of {show(middle, currency)}"
    return f"Employee {row['Employee_ID']} was paid {said} of {grade} (robust z {z:,.1f}){times}."


def _hours(value: Decimal) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


PROCEDURE = Procedure(
    id="PAY-02",
    version="1",
    title="Outliers of pay and overtime, and net pay recomputed",
    purpose="Find rates of pay and overtime far above those of the same grade, by the robust z-score, and net pay that "
    "gross, tax and deductions do not make.",
    standard="ISA 520.5",
    inputs=(
        TableNeed(
            table="Payroll",
            columns=("Employee_ID", "Pay_Date", "Gross_Amount"),
            optional_columns=(
                "Rate",
                "Hours",
                "Overtime_Hours",
                "Tax_Amount",
                "Deductions_Amount",
                "Net_Amount",
                "Amount_Currency",
                "Approved_By",
            ),
        ),
        TableNeed(table="Employees", columns=("Employee_ID",), optional_columns=("Grade",), required=False),
    ),
    parameters=Parameters,
    false_positive_risk="medium",
    false_positives="Bonuses and severance pay, seasons of much overtime, rates by the month and by the hour in one "
    "grade, deductions that the payroll file does not show.",
    wording=Wording(
        one="person's pay is out of line",
        many="people's pays are out of line",
        none="Rates and overtime are as usual in each grade, and net pay follows from gross.",
    ),
    facts=("Employee_ID", "Pay_Date", "Gross_Amount", "Net_Amount", "Hours", "Approved_By"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    dismissals=(_SETTLED, _PEAK),
)
