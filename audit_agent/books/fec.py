"""The French FEC (Fichier des écritures comptables, article A47 A-1 of the Livre des procédures fiscales).

One text file of 18 columns holds the ledger, and on every line the names of its account and of its third party;
so it gives a ledger, a chart of accounts, and listings of suppliers and customers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_agent.books.forms import trimmed
from audit_agent.books.source import Layout, Loaded, RawTable, Source, internal_columns
from audit_agent.books.text_source import TextSource
from audit_agent.books.workbench import Workbench
from audit_agent.domain.record import Digest

FORMAT = "FEC"
COLUMNS = tuple(
    """
    JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate
    EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise
    """.split()
)
"""The 18 columns in their order; `Montant` and `Sens` may stand for `Debit` and `Credit`."""

JOURNAL_ID = "JournalCode + EcritureNum"
_SIDE = "Sens"
_NEEDED = ("JournalCode", "EcritureNum", "EcritureDate", "CompteNum")
_PAIRS = (("Debit", "Credit"), ("Montant", _SIDE))
_LEDGER = {
    "Journal_ID": JOURNAL_ID,
    "Source": "JournalCode",
    "JE_Header_Description": "JournalLib",
    "JE_Line_Description": "EcritureLib",
    "Effective_Date": "EcritureDate",
    "GL_Account_Number": "CompteNum",
    "Debit_Amount": "Debit",
    "Credit_Amount": "Credit",
    "Amount": "Montant",
    "Amount_Credit_Debit_Indicator": _SIDE,
    "Document_Date": "PieceDate",
    "Approved_Date": "ValidDate",
    "Segment01": "CompAuxNum",
    "Segment02": "PieceRef",
    "Segment03": "EcritureLet",
}
_EURO = {"Amount_Currency": "EUR"}
_THIRD_PARTY = ("CompAuxNum", "CompAuxLib")
_LISTINGS = (
    ("Chart_Of_Accounts", ("GL_Account_Number", "GL_Account_Name"), ("CompteNum", "CompteLib"), ""),
    ("Supplier_Listing", ("Supplier_Account_ID", "Supplier_Name"), _THIRD_PARTY, "40"),
    ("Customer_Listing", ("Customer_Account_ID", "Customer_Name"), _THIRD_PARTY, "41"),
)
"""Table, its fields, columns of the file, and how the accounts begin that the Plan comptable général gives to them."""


def fec_sources(text: TextSource, bench: Workbench) -> tuple[Source, ...]:
    """The tables of a text file that has the columns of a FEC; none when it is something else.

    A listing without a row is left out: procedures would take every supplier for one that is not listed.
    """
    named = {header.casefold(): header for header in text.headers}
    found = {name: named[name.casefold()] for name in (*COLUMNS, "Montant", _SIDE) if name.casefold() in named}
    pair = next((pair for pair in _PAIRS if set(pair) <= set(found)), None)
    if pair is None or not set(_NEEDED) <= set(found):
        return ()
    parties = _named_parties(text, found, bench)
    listings = (_listing(text, found, bench, parties, *listing) for listing in _LISTINGS)
    return (FecLedger(text, found, pair), *(listing for listing in listings if listing is not None))


@dataclass(frozen=True)
class FecLedger:
    """The lines of the ledger. Entries are numbered within a journal, so both make up the journal's id."""

    text: TextSource
    found: Mapping[str, str]
    """Column of the format -> how this file writes it."""
    pair: tuple[str, str]

    @property
    def name(self) -> str:
        """The file and the table."""
        return f"{self.text.name}#GL_Detail"

    @property
    def sha256(self) -> Digest:
        """Of the file."""
        return self.text.sha256

    @property
    def size(self) -> int:
        """Of the file."""
        return self.text.size

    @property
    def headers(self) -> tuple[str, ...]:
        """The file's own, and what is made of two of them."""
        return (*self.text.headers, JOURNAL_ID)

    @property
    def comma_hint(self) -> bool:
        """Decimals follow a comma."""
        return True

    @property
    def layout(self) -> Layout:
        """The ledger is kept in euros whatever currency a document is in."""
        others = {name for pair in _PAIRS if pair != self.pair for name in pair}
        columns = {
            name: self.found.get(column, column)
            for name, column in _LEDGER.items()
            if column == JOURNAL_ID or (column in self.found and column not in others)
        }
        return Layout(FORMAT, "GL_Detail", columns, _EURO)

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column."""
        values = self.text.sample()
        journals, numbers = values[self.found["JournalCode"]], values[self.found["EcritureNum"]]
        joined = [f"{code}-{number}" if code else number for code, number in zip(journals, numbers, strict=True)]
        return values | {JOURNAL_ID: joined}

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """The file itself as a relation, where nothing speaks against one record per line."""
        raw = self.text.direct(self._read(columns))
        return raw and RawTable(self._derived(raw, columns), self._names(columns), raw.row, raw.rows)

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """Bring these columns into DuckDB as text."""
        loaded = self.text.load(bench, self._read(columns))
        table = bench.fresh_name("raw")
        bench.run(f"CREATE TABLE {table} AS SELECT * FROM {self._derived(loaded.raw, columns, 'row')}")
        bench.run(f"DROP TABLE {loaded.raw.name}")
        return Loaded(RawTable(table, self._names(columns), '"row"', loaded.raw.rows), loaded.bad_rows)

    def notes(self) -> tuple[str, ...]:
        """What is not as the decree has it, and what is left out."""
        missing = [name for name in COLUMNS if name not in self.found and name not in ("Debit", "Credit")]
        notes = [f"Columns of the format that the file lacks: {', '.join(missing)}."] if missing else []
        if "Montantdevise" in self.found:
            notes.append("Amounts are those of the ledger; the amount in a document's own currency is left out.")
        return (*self.text.notes(), *notes)

    def _read(self, columns: Sequence[str]) -> list[str]:
        own = [column for column in columns if column != JOURNAL_ID]
        return list(dict.fromkeys([*own, self.found["JournalCode"], self.found["EcritureNum"]]))

    def _names(self, columns: Sequence[str]) -> dict[str, str]:
        # Names of their own: the relation below has columns called c0, c1, ... already.
        return {header: f"f{place}" for place, header in enumerate(dict.fromkeys(columns))}

    def _derived(self, raw: RawTable, columns: Sequence[str], row: str = "") -> str:
        """SQL of a relation with the wanted columns, and the source row under the name `row` gives."""
        selected = [f"{self._sql(raw, header)} AS {name}" for header, name in self._names(columns).items()]
        rows = [f"{raw.row} AS {row}"] if row else []
        return f"(SELECT {', '.join([*rows, *selected])} FROM {raw.name})"

    def _sql(self, raw: RawTable, header: str) -> str:
        if header == JOURNAL_ID:
            code, number = (trimmed(raw.columns[self.found[name]]) for name in ("JournalCode", "EcritureNum"))
            return f"CASE WHEN {number} IS NOT NULL THEN concat_ws('-', {code}, {number}) END"
        column = raw.columns[header]
        if header == self.found.get(_SIDE):
            return f"CASE trim({column}) WHEN '+1' THEN 'D' WHEN '1' THEN 'D' WHEN '-1' THEN 'C' ELSE {column} END"
        return column


def _named_parties(text: TextSource, found: Mapping[str, str], bench: Workbench) -> str:
    """A small table of every account with its third party, once per way of writing them, with its first row."""
    wanted = ("CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib")
    raw = text.load(bench, [found[name] for name in wanted if name in found]).raw
    columns = {name: trimmed(raw.columns[found[name]]) for name in wanted if name in found}
    selected = ", ".join(f"{columns.get(name, 'CAST(NULL AS VARCHAR)')} AS {name}" for name in wanted)
    table = bench.fresh_name("parties")
    bench.run(f'CREATE TABLE {table} AS SELECT {selected}, min({raw.row}) AS "row" FROM {raw.name} GROUP BY ALL')
    bench.run(f"DROP TABLE {raw.name}")
    return table


def _listing(
    text: TextSource,
    found: Mapping[str, str],
    bench: Workbench,
    parties: str,
    schema: str,
    fields: tuple[str, str],
    columns: tuple[str, str],
    account_class: str,
) -> "FecListing | None":
    """Each number once, by the name it first appears with."""
    number, label = columns
    table = bench.fresh_name("raw")
    bench.run(
        f"""
        CREATE TABLE {table} AS
        SELECT min("row") AS "row", {number} AS c0, arg_min({label}, "row") AS c1
        FROM {parties} WHERE {number} IS NOT NULL AND starts_with(CompteNum, ?)
        GROUP BY {number} ORDER BY "row"
        """,
        [account_class],
    )
    (rows,) = bench.one(f"SELECT count(*) FROM {table}")
    headers = tuple(found[name] for name in columns if name in found)
    layout = Layout(FORMAT, schema, dict(zip(fields, headers, strict=False)))
    samples = tuple(bench.run(f"SELECT c0, coalesce(c1, '') FROM {table} ORDER BY \"row\" LIMIT 300"))
    return FecListing(text, layout, table, rows, samples, account_class) if rows else None


@dataclass(frozen=True)
class FecListing:
    """Accounts, suppliers or customers, each once, in the row where it first appears."""

    text: TextSource
    layout: Layout
    table: str
    rows: int
    samples: tuple[tuple[str, str], ...]
    account_class: str
    """How the accounts begin on which a third party counts."""

    @property
    def name(self) -> str:
        """The file and the table."""
        return f"{self.text.name}#{self.layout.table}"

    @property
    def sha256(self) -> Digest:
        """Of the file."""
        return self.text.sha256

    @property
    def size(self) -> int:
        """Of the file."""
        return self.text.size

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns of number and name, where the file has them."""
        return tuple(self.layout.columns.values())

    @property
    def comma_hint(self) -> bool:
        """It has no amounts."""
        return False

    def sample(self) -> dict[str, list[str]]:
        """The first values of each column."""
        return {header: [row[place] for row in self.samples] for place, header in enumerate(self.headers)}

    def direct(self, columns: Sequence[str]) -> RawTable | None:
        """None: it is made of the whole file."""
        return None

    def load(self, bench: Workbench, columns: Sequence[str]) -> Loaded:
        """The table is there already."""
        names = dict(zip(self.headers, internal_columns(self.headers), strict=True))
        return Loaded(RawTable(self.table, {header: names[header] for header in columns}, '"row"', self.rows))

    def notes(self) -> tuple[str, ...]:
        """How the listing comes about."""
        if not self.account_class:
            return ("Each account once, by the name it first appears with.",)
        return (f"Each third party on an account {self.account_class} once, by the name it first appears with.",)
