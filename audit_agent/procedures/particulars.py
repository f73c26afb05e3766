"""Particulars of suppliers and employees that either agree or do not: bank account, e-mail, telephone."""

import re
from collections.abc import Iterator
from typing import Any

import ibis

HARD = ("Bank_Account", "Email", "Phone")
"""What `hard_keys` reads."""

_LEAST, _PHONE = 5, 8
"""Shorter accounts and telephones are placeholders; the last digits stand for a telephone, whatever its prefix."""


def hard_keys(row: dict[str, Any]) -> dict[str, str]:
    """Bank account, e-mail and telephone as they are compared; placeholders like 00000 are no key."""
    bank = re.sub(r"[^A-Z0-9]", "", (row["Bank_Account"] or "").upper())
    phone = re.sub(r"\D", "", row["Phone"] or "")[-_PHONE:]
    email = (row["Email"] or "").strip().lower()
    found = {
        "same_bank": bank if len(bank) >= _LEAST and len(set(bank)) > 1 else "",
        "same_email": email if "@" in email else "",
        "same_phone": phone if len(phone) >= _LEAST and len(set(phone)) > 1 else "",
    }
    return {name: key for name, key in found.items() if key}


def ordered_rows(table: ibis.Table, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Rows as dictionaries in the order of the source, a batch at a time."""
    rows = table.select("Source_File", "Source_Row", *columns).order_by("Source_File", "Source_Row")
    for batch in rows.to_pyarrow().to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def tax_number(text: str | None) -> str:
    """A tax number as it is compared; placeholders are none."""
    number = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    return number if len(number) >= _LEAST and len(set(number)) > 1 else ""
