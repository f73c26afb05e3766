"""JE-13: journals approved by whoever prepared them, by nobody, or above the approver's limit."""

from decimal import Decimal

import ibis

from audit_agent.domain.catalogue import TableNeed
from audit_agent.domain.money import show
from audit_agent.procedures.compared_text import contains_any
from audit_agent.procedures.counting import counts
from audit_agent.procedures.exact import money
from audit_agent.procedures.flagging import flagged
from audit_agent.procedures.journals import (
    JOURNAL_FACTS,
    MANUAL_SOURCES,
    journal_key,
    journal_lines,
    of_journal,
    of_manual_sources,
    with_exposure,
)
from audit_agent.procedures.parameters import ParameterSet, parameter
from audit_agent.procedures.procedure import Books, Measures, Procedure, Row, Wording

_SELF, _NOBODY, _ABOVE = "self", "nobody", "above"


class Parameters(ParameterSet):
    """Which journals need an approval."""

    sources: tuple[str, ...] = parameter(MANUAL_SOURCES, "Sources of entries made by hand; all when empty.")
    approval_above: Decimal = parameter(
        Decimal(0), "A journal over more than this needs an approval.", unit="books' currency", minimum="0"
    )
    document_types: tuple[str, ...] = parameter(
        ("journal", "je", "gl"), "Words in Approval_Limits.Document_Type of limits for journals; an empty type counts."
    )


def population(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines made by hand."""
    return of_manual_sources(journal_lines(books), parameters.sources)


def _limits(books: Books, parameters: Parameters) -> ibis.Table:
    """The highest limit of each approver for journals, by currency."""
    limits = books.whole("Approval_Limits")
    meant = (limits.Document_Type.fill_null("") == "") | contains_any(limits.Document_Type, parameters.document_types)
    currency = limits.Amount_Currency.fill_null(books.currency)
    limits = limits.filter(meant & limits.User_ID.notnull())
    return limits.group_by(approver=limits.User_ID.upper(), limit_currency=currency).aggregate(
        highest=limits.Limit_Amount.max()
    )


def _judged(books: Books, parameters: Parameters) -> ibis.Table:
    """Lines with `highest`, the limit of their approver, where there is one, and `wrong`, or NULL."""
    lines = with_exposure(population(books, parameters), ["Journal_ID"])
    if books.has("Approval_Limits"):
        limits = _limits(books, parameters)
        lines = lines.left_join(
            limits,
            [lines.Approved_By.upper() == limits.approver, lines.exposure_currency == limits.limit_currency],
        )
    else:
        lines = lines.mutate(highest=ibis.null("decimal(18, 4)"))
    large = lines.exposure.fill_null(0) > money(parameters.approval_above)
    wrong = ibis.cases(
        (lines.Approved_By.isnull() & large, _NOBODY),
        (lines.Approved_By.upper() == lines.Entered_By.upper(), _SELF),
        (lines.exposure > lines.highest, _ABOVE),
        else_=None,
    )
    return lines.mutate(wrong=wrong)


def exceptions(books: Books, parameters: Parameters) -> ibis.Table:
    """Journals whose approval is wrong, the largest first."""
    rows = _judged(books, parameters).filter(lambda judged: judged.wrong.notnull())
    return flagged(
        rows,
        table="GL_Detail",
        key=journal_key(rows),
        amount=rows.exposure,
        currency=rows.exposure_currency,
        day=rows.Entered_Date,
        weight=rows.exposure.fill_null(0),
        fields=(*JOURNAL_FACTS, "Approved_By"),
        figures={"wrong": rows.wrong, "limit": rows.highest},
    )


def measures(books: Books, parameters: Parameters) -> Measures:
    """Lines by what is wrong with their approval."""
    judged = _judged(books, parameters)
    found = counts(judged, own=judged.wrong == _SELF, nobody=judged.wrong == _NOBODY, above=judged.wrong == _ABOVE)
    return Measures(
        {
            "Lines approved by their preparer": found["own"],
            "Lines that nobody approved": found["nobody"],
            "Lines approved above the approver's limit": found["above"],
        }
    )


def reason(row: Row, parameters: Parameters) -> str:
    """What is wrong, and over how much."""
    exposure, currency = row["exception_amount"], row["exception_currency"]
    amount = "" if exposure is None else f" over {show(exposure, currency)}"
    if row["wrong"] == _SELF:
        return f"{of_journal(row)}{amount} was approved by its preparer."
    if row["wrong"] == _NOBODY:
        return f"{of_journal(row)}{amount} was approved by nobody."
    limit = show(row["limit"], currency)
    return f"{of_journal(row)}{amount} was approved by {row['Approved_By']}, whose limit is {limit}."


PROCEDURE = Procedure(
    id="JE-13",
    version="1",
    title="Approvals of journals",
    purpose="Find journals made by hand that their preparer approved, that nobody approved, or that were approved "
    "above the approver's limit.",
    standard="COSO principle 10; SOX 404",
    inputs=(
        TableNeed(
            table="GL_Detail",
            columns=("Journal_ID", "Amount", "Entered_By", "Approved_By"),
            optional_columns=("Source", "Entered_Date"),
        ),
        TableNeed(
            table="Approval_Limits",
            columns=("User_ID", "Limit_Amount"),
            optional_columns=("Document_Type", "Amount_Currency"),
            required=False,
        ),
    ),
    parameters=Parameters,
    false_positive_risk="low",
    false_positives="Approvals kept in another system, approvals by a group account.",
    wording=Wording(
        one="journal is not properly approved",
        many="journals are not properly approved",
        none="Every journal made by hand is approved by somebody else within the limit.",
    ),
    facts=(*JOURNAL_FACTS, "Approved_By"),
    population=population,
    exceptions=exceptions,
    reason=reason,
    measures=measures,
)
