"""The tools of an investigation, as they are described to whoever investigates. None of them changes anything."""

from audit_agent.domain.record import Record

ROWS, RELATED, SUPPLIER, USER = "rows", "related_entries", "supplier_history", "user_history"
PROCEDURE, QUERY, SEARCH, PAGE = "run_procedure", "query", "search_documents", "open_document"
ASK, RECALL = "ask_owner", "recall"


class ToolSpec(Record):
    """One tool: what it gives, and its arguments."""

    name: str
    purpose: str
    arguments: dict[str, str]


_SPECS = (
    ToolSpec(
        name=ROWS,
        purpose="Rows of one canonical table, whatever the audit's period.",
        arguments={
            "table": "The canonical table.",
            "COLUMN": "Exactly this value; `COLUMN>=` and `COLUMN<=` for bounds, `COLUMN~` for a part of a text. "
            "As many columns as need be.",
        },
    ),
    ToolSpec(
        name=RELATED,
        purpose="Every row in any table that bears this value in this column: what else belongs to a journal, an "
        "invoice, an order or a payment, and journals that reverse one.",
        arguments={"column": "Such as Journal_ID, Invoice_Number, PO_ID.", "value": "The value."},
    ),
    ToolSpec(
        name=SUPPLIER,
        purpose="A supplier's master data, what it billed by type and currency, amounts it billed again and again, and "
        "what it was paid.",
        arguments={"supplier": "Supplier_Account_ID."},
    ),
    ToolSpec(
        name=USER,
        purpose="Who a user is, since when, with which roles, and what the user entered: by source, on weekends, at "
        "night, first and last.",
        arguments={"user": "As in Entered_By."},
    ),
    ToolSpec(
        name=PROCEDURE,
        purpose="A procedure of the catalogue with other parameters, over the audit's period.",
        arguments={"procedure": "Its id.", "PARAMETER": "A value of one parameter; as many as need be."},
    ),
    ToolSpec(
        name=QUERY,
        purpose="One SELECT in DuckDB's dialect over the canonical tables. No file, setting or other schema can be "
        "reached.",
        arguments={"sql": "The statement. Select Source_File and Source_Row where rows are to be cited."},
    ),
    ToolSpec(
        name=SEARCH,
        purpose="Pages of the audited documents on which words that a field was read from (parties, numbers, dates, "
        "amounts, lines, answers) contain a text, whatever the case.",
        arguments={"text": "At least three characters."},
    ),
    ToolSpec(
        name=PAGE,
        purpose="The text of a page of a document.",
        arguments={"document": "Its number.", "page": "From 1; the first one when left out."},
    ),
    ToolSpec(
        name=ASK,
        purpose="Ask a process owner in writing. The answer may take days; ask only what the books cannot tell.",
        arguments={"owner": "One of the owners.", "question": "The question.", "expected": "What would answer it."},
    ),
    ToolSpec(
        name=RECALL,
        purpose="An earlier result again, where only its reference is left in view.",
        arguments={"result": "Its reference, such as T03."},
    ),
)


def tools(*, documents: bool, owners: bool) -> tuple[ToolSpec, ...]:
    """The tools there are for an audit: without documents none over documents, without owners nobody to ask."""
    missing = {*(() if documents else (SEARCH, PAGE)), *(() if owners else (ASK,))}
    return tuple(spec for spec in _SPECS if spec.name not in missing)
