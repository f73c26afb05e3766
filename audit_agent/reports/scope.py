"""What was audited: tables, source files and whether their control totals agree."""

from audit_agent.domain.books import ControlTotals, FrozenTable, SourceFile, TableProfile
from audit_agent.domain.money import show
from audit_agent.domain.wording import counted
from audit_agent.reports.figure import count, money_if_any
from audit_agent.reports.inputs import ReportInputs
from audit_agent.reports.parts import Scope, ScopeSource, ScopeTable


def build_scope(inputs: ReportInputs) -> Scope:
    """The scope, from the frozen books and their profile."""
    books, currency = inputs.books, inputs.profile.currency
    return Scope(
        currency=currency,
        tables=tuple(_table(table, inputs.profile.table(table.name), currency) for table in books.tables),
        sources=tuple(_source(number, source, currency) for number, source in enumerate(books.sources, 1)),
        rejected=count("books.rejected", sum(source.rejected_rows for source in books.sources), "rows"),
    )


def _table(table: FrozenTable, profile: TableProfile | None, currency: str) -> ScopeTable:
    ref = f"books.{table.name}"
    return ScopeTable(
        name=table.name,
        rows=count(f"{ref}.rows", table.rows, "rows"),
        first_date=profile.first_date if profile else None,
        last_date=profile.last_date if profile else None,
        debits=money_if_any(f"{ref}.debits", profile.debits if profile else None, currency),
        credits=money_if_any(f"{ref}.credits", profile.credits if profile else None, currency),
        digest=table.digest,
    )


def _source(number: int, source: SourceFile, currency: str) -> ScopeSource:
    ref = f"sources.{number}"
    given, imported = source.source_totals, source.imported_totals
    return ScopeSource(
        name=source.name,
        sha256=source.sha256,
        table=source.table,
        rows=count(f"{ref}.rows", given.rows, "rows"),
        imported=count(f"{ref}.imported", imported.rows, "rows"),
        rejected=count(f"{ref}.rejected", source.rejected_rows, "rows"),
        debits_given=money_if_any(f"{ref}.debits.given", given.debits, currency),
        debits_imported=money_if_any(f"{ref}.debits.imported", imported.debits, currency),
        credits_given=money_if_any(f"{ref}.credits.given", given.credits, currency),
        credits_imported=money_if_any(f"{ref}.credits.imported", imported.credits, currency),
        differences=tuple(_differences(given, imported, source.rejected_rows, currency)),
        notes=source.notes,
    )


def _differences(given: ControlTotals, imported: ControlTotals, rejected: int, currency: str) -> list[str]:
    lines = []
    if missing := given.rows - imported.rows - rejected:
        lines.append(f"{counted(abs(missing), 'row')} {'missing' if missing > 0 else 'too many'}")
    for name, was, is_ in (
        ("debits", given.debits, imported.debits),
        ("credits", given.credits, imported.credits),
    ):
        if was is not None and is_ is not None and was != is_:
            lines.append(f"{name} differ by {show(is_ - was, currency)}")
    return lines
