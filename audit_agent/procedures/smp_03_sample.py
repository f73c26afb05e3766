"""SMP-03: a sample by units of money, and what it says of the population once people have audited it."""

from decimal import Decimal
from typing import Literal

import ibis

from audit_agent.books.schema import schema_of
from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording
from audit_agent.procedures.sampled import Sample, Wanted, draw, with_audited
from audit_agent.statistics.evaluation import evaluate_money
from audit_agent.statistics.sampling import SamplingError
from audit_agent.statistics.selection import SelectionMethod

_ITEMS = "Computed_Sample"
_TABLES = (
    "Invoices_Received Payments_Made Invoices_Generated Cash_Received Open_Accounts_Receivable Open_Accounts_Payable "
    "GL_Detail Expense_Reports Payroll Fixed_Assets"
).split()


class Parameters(ParameterSet):
    """What is drawn from, and how sure the sample is to be."""

    table: Literal[
        "Invoices_Received",
        "Payments_Made",
        "Invoices_Generated",
        "Cash_Received",
        "Open_Accounts_Receivable",
        "Open_Accounts_Payable",
        "GL_Detail",
        "Expense_Reports",
        "Payroll",
        "Fixed_Assets",
    ] = parameter("Invoices_Received", "The table whose rows are drawn.")
    where: tuple[str, ...] = parameter((), "Only rows with these values, such as `GL_Account_Number=400300`.")
    tolerable: Decimal = parameter(
        Decimal(100_000), "Tolerable misstatement (ISA 530.5(i)).", unit="books' currency", minimum="0.01"
    )
    expected: Decimal = parameter(
        Decimal(0), "Misstatement that is expected to be found.", unit="books' currency", minimum="0"
    )
    confidence: Decimal = parameter(
        Decimal(95), "How sure the sample is to be.", unit="percent", minimum="50", maximum="99.9"
    )
    method: Literal["fixed-interval", "cell", "random", "sieve"] = parameter("fixed-interval", "How items are chosen.")
    seed: int = parameter(1, "Where the random numbers start.", minimum="0", maximum="4294967295")

    @property
    def wanted(self) -> Wanted:
        """The wishes as the sample takes them."""
        pairs = (text.partition("=") for text in self.where)
        return Wanted(
            table=self.table,
            where={name.strip(): value for name, _, value in pairs},
            tolerable=self.tolerable,
            expected=self.expected,
            confidence=self.confidence,
            method=SelectionMethod(self.method),
            seed=self.seed,
        )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Rows that could be drawn: those of the period and of `where` whose book value is above zero."""
    _sample(books, parameters)  # Refuses, in words, what cannot be drawn.
    wanted = parameters.wanted
    rows = books.table(wanted.table)
    amount = rows[str(schema_of(wanted.table).amount)]
    return rows.filter(amount > 0, *(rows[name].cast("string") == value for name, value in wanted.where.items()))


def _sample(books: Books, parameters: Parameters) -> Sample:
    return books.once("sample", lambda: with_audited(draw(books.tables, parameters.wanted), books.files))


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Items whose audited value differs from the books', the largest difference first."""
    items = books.computed(_ITEMS, lambda: _sample(books, parameters).rows())
    rows = books.table(parameters.table)
    rows = rows.inner_join(items, [rows.Source_File == items.sample_file, rows.Source_Row == items.sample_row])
    rows = rows.filter(rows.audited.notnull() & (rows.audited != rows.book))
    apart = (rows.book - rows.audited).abs()
    schema = schema_of(parameters.table)
    code = rows.Amount_Currency.fill_null(books.currency) if "Amount_Currency" in rows.columns else None
    return flagged(
        rows,
        table=parameters.table,
        key=ibis.literal(f"{parameters.table} ") + rows.Source_File + ":" + rows.Source_Row.cast("string"),
        amount=apart,
        currency=ibis.literal(books.currency) if code is None else code,
        day=rows[schema.period_column] if schema.period_column else ibis.null("date"),
        weight=apart,
        fields=schema.columns[:8],
        figures={name: rows[name] for name in ("stratum", "hits", "book", "audited")},
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """The selection, and where it was audited what it says of the population."""
    sample = _sample(books, parameters)
    chosen = sample.selection
    drawn = {
        "Book value": f"{chosen.value:f}",
        "Items chosen": str(len(chosen.chosen)),
        "Items of the top stratum": str(chosen.top_items),
        "Book value of the top stratum": f"{chosen.top_value:f}",
        "Interval": f"{chosen.interval:f}",
        "Seed": str(chosen.seed),
        "Start": "none" if chosen.start is None else f"{chosen.start:f}",
        "Selection": f"{chosen.basis.formula} ({chosen.basis.standard})",
    }
    return Measures(drawn | _evaluated(sample, parameters))


def _evaluated(sample: Sample, parameters: Parameters) -> dict[str, str]:
    if sample.audited is None:
        return {"Judgement": "none, nobody has handed in audited values"}
    if len(sample.selection.chosen) == sample.selection.top_items:
        known = sum((item.misstatement for item in sample.items), Decimal(0))
        return _judged(known, max(known, Decimal(0)), max(-known, Decimal(0)), parameters, "every item was looked at")
    try:
        found = evaluate_money(sample.items, sample.selection.sampled_value, parameters.confidence)
    except SamplingError as error:
        return {"Judgement": f"none. {error}"}
    basis = f"{found.basis.formula} ({found.basis.standard})"
    return _judged(found.likely, found.upper_overstatement, found.upper_understatement, parameters, basis)


def _judged(likely: Decimal, over: Decimal, under: Decimal, parameters: Parameters, basis: str) -> dict[str, str]:
    within = max(over, under) <= parameters.tolerable
    return {
        "Likely misstatement": f"{likely:f}",
        "Upper bound of overstatement": f"{over:f}",
        "Upper bound of understatement": f"{under:f}",
        "Tolerable misstatement": f"{parameters.tolerable:f}",
        "Evaluation": basis,
        "Judgement": "within what is tolerable" if within else "more than is tolerable may be misstated",
    }


def reason(row: Row, parameters: Parameters) -> str:
    """Both values, and how it came into the sample."""
    currency = row["exception_currency"]
    how = (
        "it is as large as the interval" if row["stratum"] == "top" else counted(row["hits"], "unit was", "units were")
    )
    drawn = how if row["stratum"] == "top" else f"{how} drawn"
    return f"Booked at {show(row['book'], currency)}, audited at {show(row['audited'], currency)}; {drawn}."


def remark(found: Measures, parameters: Parameters) -> str:
    """The projection, and the judgement."""
    told = found.statistics
    head = f"{told['Items chosen']} items were chosen of {parameters.table}."
    if "Likely misstatement" not in told:
        return f"{head} Judgement: {told['Judgement']}."
    over, under = told["Upper bound of overstatement"], told["Upper bound of understatement"]
    sure = f"with {parameters.confidence.normalize():f}% confidence at most {over} over and {under} under"
    judged = f"tolerable {told['Tolerable misstatement']}: {told['Judgement']}"
    return f"{head} Likely misstatement {told['Likely misstatement']}; {sure}, {judged}."


PROCEDURE = Procedure(
    id="SMP-03",
    version="1",
    title="Sample by units of money",
    purpose="Choose items so that each unit of money has the same chance, have people audit them, and project what "
    "they find onto the population. Without audited values it tells only what was chosen.",
    standard="ISA 530.6-15; AICPA Audit Sampling, chapter 6",
    inputs=tuple(TableNeed(table=table, columns=(), required=False) for table in _TABLES),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Differences of timing that the next period corrects.",
    wording=Wording(one="item is misstated", many="items are misstated", none="No item that was audited is misstated."),
    facts=(),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
    remark=remark,
)
