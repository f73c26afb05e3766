"""Suppliers whose names are alike and that share a hard key: compared only with neighbours that share one."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from audit_agent.matching.addresses import address
from audit_agent.matching.blocking import pairs_to_compare
from audit_agent.matching.names import company, company_score
from audit_agent.procedures.particulars import HARD, hard_keys, ordered_rows, tax_number
from audit_agent.procedures.procedure import Books

SHARED = ("same_bank", "same_tax_number", "same_address", "same_email", "same_phone")

_SCHEMA = pa.schema(
    [
        ("one_file", pa.string()),
        ("one_row", pa.int64()),
        ("two_file", pa.string()),
        ("two_row", pa.int64()),
        *((name, pa.bool_()) for name in SHARED),
        ("different_tax_number", pa.bool_()),
        ("score", pa.int64()),
    ]
)
_PLACE = ("Address_Street", "Address_Postal_Code", "Address_City")
_COLUMNS = ("Supplier_Account_ID", "Supplier_Name", "TIN", *_PLACE, *HARD)


@dataclass(frozen=True)
class _Supplier:
    file: str
    row: int
    id: str
    name: str
    keys: dict[str, str]


def supplier_pairs(books: Books, name_percent: int) -> pa.Table:
    """One row per pair of different suppliers, in their order: what they share, and how alike the names are, of 10,000.

    Time and space grow with the number of suppliers, not with that of their pairs: a supplier is compared with those
    that share a key, and within a key that very many share only with the neighbours by name.
    """
    suppliers, blocks = _blocked(books)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for pair in pairs_to_compare(blocks, order=lambda place: sorted(company(suppliers[place].name).words)):
        one, two = suppliers[pair[0]], suppliers[pair[1]]
        score = int(company_score(one.name, two.name) * 10_000)
        if one.id != two.id and score >= name_percent * 100:
            found[pair] = _pair(one, two, score)
    return pa.Table.from_pylist([found[pair] for pair in sorted(found)], schema=_SCHEMA)


def _blocked(books: Books) -> tuple[dict[int, _Supplier], list[list[int]]]:
    """Suppliers that share a key with another, by their place, and who shares each key."""
    sharers: dict[tuple[str, str], list[int]] = defaultdict(list)
    suppliers: dict[int, _Supplier] = {}
    for place, row in enumerate(ordered_rows(books.whole("Supplier_Listing"), _COLUMNS)):
        keys = hard_keys(row) | {
            "same_tax_number": tax_number(row["TIN"]),
            "same_address": address(*(row[name] for name in _PLACE)).key,
        }
        keys = {kind: key for kind, key in keys.items() if key}
        if not keys or not row["Supplier_Name"]:
            continue
        suppliers[place] = _Supplier(
            row["Source_File"], row["Source_Row"], row["Supplier_Account_ID"], row["Supplier_Name"], keys
        )
        for kind, key in keys.items():
            sharers[kind, key].append(place)
    return suppliers, [places for places in sharers.values() if len(places) > 1]


def _pair(one: _Supplier, two: _Supplier, score: int) -> dict[str, Any]:
    shared = {kind: kind in one.keys and one.keys[kind] == two.keys.get(kind) for kind in SHARED}
    return {
        "one_file": one.file,
        "one_row": one.row,
        "two_file": two.file,
        "two_row": two.row,
        "different_tax_number": not shared["same_tax_number"]
        and all("same_tax_number" in each.keys for each in (one, two)),
        "score": score,
        **shared,
    }
