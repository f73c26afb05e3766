"""Whether a query is one SELECT over the canonical tables, told before it is run.

DuckDB, locked in a process of its own, is the second line; this one says what is wrong in words.
"""

from collections.abc import Collection

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

from audit_agent.investigating.errors import QueryRefusedError

LONGEST_QUERY = 4_000
_CHANGING = (
    *(exp.DML, exp.DDL, exp.Drop, exp.Alter, exp.Command, exp.Copy, exp.Attach, exp.Detach, exp.Pragma, exp.Set),
    *(exp.Use, exp.Transaction, exp.Into, exp.Describe, exp.Kill, exp.Analyze, exp.Parameter, exp.Placeholder),
)
_UNNAMED = frozenset(
    "strftime date_part dayname monthname isodow isoyear weekofyear yearweek epoch list_sort list_distinct "
    "list_contains regexp_matches regexp_full_match levenshtein jaro_winkler_similarity jaccard damerau_levenshtein "
    "hamming string_split list_aggregate mode mad fsum favg product bar last_day make_date age even gcd lcm "
    "prefix suffix instr".split()
)
"""Functions DuckDB has and the parser knows by no type of its own."""


def check_single_select(sql: str, tables: Collection[str]) -> None:
    """Raise QueryRefusedError unless the text is one SELECT that reads nothing but these tables."""
    if len(sql) > LONGEST_QUERY:
        raise QueryRefusedError(f"A query has at most {LONGEST_QUERY:,} characters; this one has {len(sql):,}.")
    try:
        statements = [statement for statement in sqlglot.parse(sql, read="duckdb") if statement is not None]
    except SqlglotError as error:
        raise QueryRefusedError(f"The query cannot be read: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise QueryRefusedError("The query is nested too deeply. Ask for less at a time.") from error
    if len(statements) != 1:
        raise QueryRefusedError(f"A query is one statement; these are {len(statements)}.")
    [query] = statements
    if not isinstance(query, exp.Query):
        raise QueryRefusedError("Only SELECT is allowed.")
    known = {name.casefold() for name in tables}
    for node in query.walk():
        _check(node, known)


def _local_names(node: exp.Expression) -> set[str]:
    """The common table expressions that a node can see: those of the queries around it."""
    names: set[str] = set()
    around = node.parent
    while around is not None:
        names |= {cte.alias.casefold() for cte in getattr(around, "ctes", ())}
        around = around.parent
    return names


def _check(node: exp.Expression, known: set[str]) -> None:
    if isinstance(node, _CHANGING) and not isinstance(node, exp.Query):
        raise QueryRefusedError(f"Only SELECT is allowed, without {node.key.upper()}.")
    if isinstance(node, exp.Into):
        raise QueryRefusedError("Only SELECT is allowed, without INTO.")
    if isinstance(node, exp.Table):
        _check_table(node, known)
    if isinstance(node, exp.Anonymous) and str(node.this).casefold() not in _UNNAMED:
        raise QueryRefusedError(f"The function {node.this} is not allowed.")
    if isinstance(node, exp.ReadCSV | exp.ReadParquet):
        raise QueryRefusedError("No file can be read.")


def _check_table(table: exp.Table, known: set[str]) -> None:
    if not isinstance(table.this, exp.Identifier):
        raise QueryRefusedError(f"No table function can be read: {table.sql(dialect='duckdb')}.")
    if table.db or table.catalog or table.name.casefold() not in known | _local_names(table):
        raise QueryRefusedError(
            f"There is no table {table.sql(dialect='duckdb')}; only the canonical tables are there."
        )


def stated_values(sql: str) -> frozenset[str]:
    """The values a query puts into its own rows, rather than to find rows by: they say nothing of the books."""
    (query,) = sqlglot.parse(sql, read="duckdb")
    if query is None:
        return frozenset()
    shown = [column for select in query.find_all(exp.Select) for column in select.expressions]
    shown += query.find_all(exp.Values)
    return frozenset(str(literal.this) for one in shown for literal in one.find_all(exp.Literal))
