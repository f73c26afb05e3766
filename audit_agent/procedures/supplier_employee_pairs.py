"""Which suppliers share particulars with which employees: every supplier once against an index of the employees."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from audit_agent.matching.addresses import Address, address, address_score
from audit_agent.matching.names import SAME, person_score
from audit_agent.procedures.particulars import hard_keys, ordered_rows
from audit_agent.procedures.procedure import Books

SHARED = ("same_bank", "same_address", "same_email", "same_phone")

_SCHEMA = pa.schema(
    [
        ("supplier_file", pa.string()),
        ("supplier_row", pa.int64()),
        ("supplier_id", pa.string()),
        ("supplier_name", pa.string()),
        ("supplier_address", pa.string()),
        ("employee_file", pa.string()),
        ("employee_row", pa.int64()),
        ("employee_id", pa.string()),
        ("employee_name", pa.string()),
        ("employee_address", pa.string()),
        *((name, pa.bool_()) for name in SHARED),
        ("same_name", pa.bool_()),
        ("address_percent", pa.int64()),
        ("sharers", pa.int64()),
        ("bank_sharers", pa.int64()),
    ]
)
_SUPPLIER = ("Supplier_Account_ID", "Supplier_Name", "Bank_Account", "Email", "Phone")
_PLACE = ("Address_Street", "Address_Postal_Code", "Address_City")
_EMPLOYEE = ("Employee_ID", "Name", "Bank_Account", "Email", "Phone", "Address")


@dataclass(frozen=True)
class _Party:
    """A supplier or an employee: where it stands, who it is, and what it may share."""

    file: str
    row: int
    id: str
    name: str
    keys: dict[str, str]
    """`same_bank`, `same_email` and `same_phone` as they are compared, as far as known."""
    place: Address
    written: str


def supplier_employee_pairs(books: Books, address_percent: int) -> pa.Table:
    """One row per supplier and employee that share something, in the order of the suppliers, then of the employees."""
    employees = list(_employees(books))
    exact: dict[tuple[str, str], list[int]] = defaultdict(list)
    blocks: dict[str, list[int]] = defaultdict(list)
    for number, employee in enumerate(employees):
        for kind, key in employee.keys.items():
            exact[kind, key].append(number)
        for block in employee.place.blocks:
            blocks[block].append(number)
    rows: list[dict[str, Any]] = []
    for supplier in _suppliers(books):
        shared: dict[int, dict[str, bool]] = defaultdict(dict)
        for kind, key in supplier.keys.items():
            for number in exact.get((kind, key), ()):
                shared[number][kind] = True
        scores = {number: 0 for block in supplier.place.blocks for number in blocks.get(block, ())}
        for number in scores:
            scores[number] = int(address_score(supplier.place, employees[number].place) * 100)
        near = {number for number, score in scores.items() if score >= address_percent}
        for number in near:
            shared[number]["same_address"] = True
        for number in sorted(shared):
            of_phone = len(exact.get(("same_phone", supplier.keys.get("same_phone", "")), ()))
            counts = {
                "address_percent": scores.get(number, 0),
                "sharers": max(len(near), of_phone),
                "bank_sharers": len(exact.get(("same_bank", supplier.keys.get("same_bank", "")), ())),
            }
            rows.append(_pair(supplier, employees[number], shared[number]) | counts)
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _pair(supplier: _Party, employee: _Party, shared: dict[str, bool]) -> dict[str, Any]:
    return {
        **{f"supplier_{field}": getattr(supplier, field) for field in ("file", "row", "id", "name")},
        **{f"employee_{field}": getattr(employee, field) for field in ("file", "row", "id", "name")},
        **{name: shared.get(name, False) for name in SHARED},
        "supplier_address": supplier.written,
        "employee_address": employee.written,
        "same_name": person_score(supplier.name or "", employee.name or "") >= SAME,
    }


def _suppliers(books: Books) -> Iterator[_Party]:
    for row in ordered_rows(books.whole("Supplier_Listing"), (*_SUPPLIER, *_PLACE)):
        parts = [row[name] for name in _PLACE]
        yield _party(row, row["Supplier_Account_ID"], row["Supplier_Name"], parts)


def _employees(books: Books) -> Iterator[_Party]:
    for row in ordered_rows(books.whole("Employees"), _EMPLOYEE):
        yield _party(row, row["Employee_ID"], row["Name"], [row["Address"]])


def _party(row: dict[str, Any], id_: str, name: str, parts: list[str | None]) -> _Party:
    keys = hard_keys(row)
    written = ", ".join(part.strip() for part in parts if part)
    return _Party(row["Source_File"], row["Source_Row"], id_, name, keys, address(*parts), written)
