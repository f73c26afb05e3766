"""Workbooks: every sheet that holds a table, as a person sees it in a spreadsheet."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from audit_agent.books.check import check_books
from audit_agent.books.importing import import_books
from audit_agent.books.tables import FrozenTables
from audit_agent.store.evidence import FolderEvidence

_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES = (
    f"""<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"""
)

HEADER = ["Journal_ID", "Effective_Date", "GL_Account_Number", "Amount", "Amount_Credit_Debit_Indicator"]


def workbook(path: Path, sheets: dict[str, list[list[str | int | float | date | None]]]) -> Path:
    """Write a minimal workbook; numbers as numbers, days as styled day numbers, text inline."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        names = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
        archive.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{names}</sheets></workbook>'
        )
        parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")]))
        archive.writestr("xl/styles.xml", _STYLES)
        for number, rows in enumerate(sheets.values(), 1):
            body = "".join(_row(at, row) for at, row in enumerate(rows, 1))
            sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
            archive.writestr(f"xl/worksheets/sheet{number}.xml", sheet)
    return path


def _relations(targets: list[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'
    )


def _row(number: int, cells: list[str | int | float | date | None]) -> str:
    return (
        f'<row r="{number}">'
        + "".join(_cell(f"{chr(65 + at)}{number}", cell) for at, cell in enumerate(cells))
        + "</row>"
    )


def _cell(place: str, value: str | float | date | None) -> str:
    match value:
        case None:
            return ""
        case str():
            return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        case _:
            return f'<c r="{place}"><v>{value!r}</v></c>'


def test_a_sheet_is_read_as_a_person_sees_it(tmp_path: Path, evidence: FolderEvidence) -> None:
    path = workbook(
        tmp_path / "ledger.xlsx",
        {
            "Journal": [
                ["Ledger 2025"],
                [],
                [*HEADER],
                ["J1", date(2025, 1, 31), 4400, 0.1 + 0.2, "S"],
                [],
                ["J1", date(2025, 1, 31), "0060002-01", 1234567.89, "H"],
            ]
        },
    )

    _, manifest = import_books(path, evidence)

    with FrozenTables(manifest, evidence) as tables:
        rows = tables.table("GL_Detail").to_pyarrow().to_pylist()
    assert [(row["Amount"], row["GL_Account_Number"], row["Source_Row"]) for row in rows] == [
        (Decimal("0.3"), "4400", 4),
        (Decimal("1234567.89"), "0060002-01", 6),
    ]
    assert {row["Effective_Date"] for row in rows} == {date(2025, 1, 31)}
    assert {row["Source_File"] for row in rows} == {"ledger.xlsx#Journal"}


def test_sheets_without_a_table_are_ignored_with_a_reason(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "ledger.xlsx",
        {
            "Readme": [["Made for the audit"], ["by finance"]],
            "Lines": [[*HEADER], ["J1", date(2025, 1, 31), 4400, 1, "S"]],
            "Suppliers": [["Vendor No", "Vendor Name"], ["0042", "Muster GmbH"]],
        },
    )

    check = check_books(path)

    assert [item.file.table for item in check.files] == ["GL_Detail", "Supplier_Listing"]
    assert [item.name for item in check.ignored] == ["ledger.xlsx#Readme"]
