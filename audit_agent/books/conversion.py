"""The SQL that turns one raw table into canonical columns, and the checks every row must pass."""

from dataclasses import dataclass, field
from functools import cached_property

from audit_agent.books.amounts import Side, from_indicator, from_pair, from_sign
from audit_agent.books.dates import DateTally, date_form, tally_dates
from audit_agent.books.errors import MappingFileError
from audit_agent.books.forms import Form, boolean_form, indicator_form, integer_form, text_form, time_form
from audit_agent.books.mapping import CREDIT, DEBIT, FileMapping
from audit_agent.books.numbers import decimal_comma, number_form
from audit_agent.books.proposal import Proposal
from audit_agent.books.schema import Field, Kind, TableSchema
from audit_agent.books.source import RawTable
from audit_agent.books.workbench import Workbench, literal

_SCALES = {Kind.AMOUNT: 4, Kind.QUANTITY: 6}


@dataclass(frozen=True)
class Check:
    """A condition on a row. Where `bad` holds, the row is rejected with `value` and `reason`."""

    field: str
    bad: str
    value: str
    reason: str


@dataclass
class Conversion:
    """Outputs and checks of one source. `expected` is SQL of how many rows must have a value, per output."""

    outputs: dict[str, str] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)

    @property
    def proven_by(self) -> str:
        """SQL that is false of a row that fails a check or contradicts a decision.

        NULL, where an optional column is, contradicts nothing. Empty where decisions made on the first rows
        cannot be shown to hold for all.
        """
        if not all(self.proofs):
            return ""
        passes = [f"NOT ({check.bad})" for check in self.checks]
        return " AND ".join([*passes, *(f"({proof})" for proof in self.proofs)])


def plan_conversion(
    bench: Workbench,
    raw: RawTable,
    schema: TableSchema,
    proposal: Proposal,
    mapping: FileMapping,
    comma_hint: bool,
) -> Conversion:
    """Decide how each column is read, over all its values."""
    conversion = Conversion()
    forms = _Forms(bench, raw, schema, proposal, mapping, comma_hint).decide()
    for name, form in forms.items():
        _add(conversion, schema.field(name), name, form)
    for name, text in (proposal.constants or {}).items():
        conversion.outputs[name] = _constant(bench, schema, name, text)
    if schema.amount:
        side = _side(bench, raw, schema, forms, conversion)
        if side is not None:
            _add_side(conversion, schema, side)
    if schema.period_column and "Amount_Currency" in schema.columns and "Amount_Currency" not in conversion.outputs:
        conversion.notes.append("Amount_Currency: no column says it; a constant in the mapping file can.")
    return conversion


def _constant(bench: Workbench, schema: TableSchema, name: str, text: str) -> str:
    kind = schema.sql_types[name]
    if bench.one(f"SELECT TRY_CAST(? AS {kind})", [text]) == (None,):
        raise MappingFileError(
            f"The mapping file gives {name} the constant {text!r}, which is no {kind}.", "Correct the constant."
        )
    return f"CAST({literal(text)} AS {kind})"


def _add(conversion: Conversion, known: Field | None, name: str, form: Form) -> None:
    required = known is not None and known.required
    if known is not None:
        conversion.outputs[name] = form.value
        if required or form.value != form.text:
            conversion.expected[name] = "count(*)" if required else f"count({form.text})"
    if required:
        conversion.checks.append(Check(name, f"{form.text} IS NULL", "''", "is missing"))
    if form.value != form.text:
        unreadable = f"{form.text} IS NOT NULL AND {form.value} IS NULL"
        conversion.checks.append(Check(name, unreadable, form.text, f"is not {form.name}"))
    conversion.proofs.append(form.proof)
    if form.note:
        conversion.notes.append(f"{name}: {form.note}.")


def _side(
    bench: Workbench, raw: RawTable, schema: TableSchema, forms: dict[str, Form], conversion: Conversion
) -> Side | None:
    """How amounts say debit or credit, where that is not simply a column each."""
    amount = schema.amount or ""
    if DEBIT in forms and CREDIT in forms:
        return from_pair(forms[DEBIT], forms[CREDIT], signed=schema.indicator is None)
    if schema.indicator is None or amount not in conversion.outputs:
        return None
    if schema.indicator in conversion.outputs:
        written = forms[amount].text if amount in forms else "''"
        return from_indicator(bench, raw, written, conversion.outputs[amount], conversion.outputs[schema.indicator])
    return from_sign(conversion.outputs[amount])


def _add_side(conversion: Conversion, schema: TableSchema, side: Side) -> None:
    amount, indicator = schema.amount or "", schema.indicator
    conversion.outputs[amount] = side.amount
    conversion.expected[amount] = "count(*)"
    if indicator is not None:
        conversion.outputs[indicator] = side.indicator
        conversion.expected[indicator] = "count(*)"
    if side.bad:
        conversion.checks.append(Check(amount, side.bad, side.value, side.reason))
        conversion.checks.append(Check(amount, side.missing, "''", "is missing"))
    conversion.proofs.append(side.proof)
    if side.note:
        conversion.notes.append(side.note)


@dataclass(frozen=True)
class _Forms:
    """Decides the form of every mapped column, columns of one source helping each other."""

    bench: Workbench
    raw: RawTable
    schema: TableSchema
    proposal: Proposal
    mapping: FileMapping
    comma_hint: bool

    def decide(self) -> dict[str, Form]:
        """Canonical field (or Debit_Amount, Credit_Amount) -> form."""
        columns = {name: self.raw.columns[column] for name, column in self.proposal.columns.items()}
        tallies = {
            name: tally_dates(self.bench, self.raw, column)
            for name, column in columns.items()
            if self._kind(name) is Kind.DATE
        }
        order = self._order(tallies)
        return {
            name: date_form(tallies[name], column, self.mapping.dates.get(name), order)
            if name in tallies
            else self._form(name, column)
            for name, column in columns.items()
        }

    def _kind(self, name: str) -> Kind:
        known = self.schema.field(name)
        return known.kind if known else Kind.AMOUNT

    @cached_property
    def _comma(self) -> bool:
        """What the file as a whole says of decimal commas; only asked when a column leaves it open."""
        if self.mapping.decimal or self.comma_hint:
            return self.mapping.decimal == "," or self.comma_hint
        columns = self.proposal.columns.items()
        numeric = [self.raw.columns[column] for name, column in columns if self._kind(name) in _SCALES]
        return bool(decimal_comma(self.bench, self.raw, numeric))

    def _order(self, tallies: dict[str, DateTally]) -> str:
        """What the other date columns prove; else day first where decimals are commas, month first elsewhere."""
        proven = {tally.order for tally in tallies.values()} - {None}
        if len(proven) == 1:
            return str(proven.pop())
        open_question = any(tally.open_order for tally in tallies.values())
        return "dmy" if open_question and self._comma else "mdy"

    def _form(self, name: str, column: str) -> Form:
        kind = self._kind(name)
        match kind:
            case Kind.AMOUNT | Kind.QUANTITY:
                return number_form(
                    self.bench,
                    self.raw,
                    column,
                    _SCALES[kind],
                    self.mapping.decimal,
                    lambda: self._comma,
                    self.mapping.round_amounts,
                )
            case Kind.INTEGER:
                return integer_form(self.bench, self.raw, column)
            case Kind.TIME:
                return time_form(self.bench, self.raw, column)
            case Kind.BOOLEAN:
                return boolean_form(column)
            case Kind.INDICATOR:
                return indicator_form(self.bench, self.raw, column)
            case _:
                return text_form(self.bench, self.raw, column)
