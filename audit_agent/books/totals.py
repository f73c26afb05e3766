"""Control totals: rows, debits and credits, exactly."""

from collections.abc import Mapping

from audit_agent.books.schema import TableSchema
from audit_agent.books.workbench import Workbench, identifier
from audit_agent.domain.books import ControlTotals


def totals_of(bench: Workbench, schema: TableSchema, relation: str, outputs: Mapping[str, str]) -> ControlTotals:
    """Totals over a relation; `outputs` gives the SQL of canonical columns where they are not columns yet.

    Without an indicator positive amounts count as debits and negative ones as credits.
    """
    amount = schema.amount and (outputs.get(schema.amount) if outputs else identifier(schema.amount))
    if not amount:
        return ControlTotals(rows=bench.one(f"SELECT count(*) FROM {relation}")[0])
    side = f"CASE WHEN {amount} < 0 THEN 'C' ELSE 'D' END"
    signed = schema.indicator is None
    if schema.indicator:
        side = outputs[schema.indicator] if outputs else identifier(schema.indicator)
    rows, debits, credits = bench.one(
        f"""
        SELECT count(*), coalesce(sum(a) FILTER (s = 'D'), 0), coalesce(sum(a) FILTER (s = 'C'), 0)
        FROM (SELECT CAST({amount} AS DECIMAL(18,4)) AS a, {side} AS s FROM {relation})
        """
    )
    return ControlTotals(rows=rows, debits=debits, credits=-credits if signed else credits)
