"""How many fields the offline reader reads right, on documents and answers that others published."""

import json
import re
import tarfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

from audit_agent.documents.reading.offline import read_offline
from audit_agent.documents.reading.result import DocumentResult
from audit_agent.documents.text import kinds
from audit_agent.documents.text.extract import extract
from audit_agent.documents.text.limits import TextLimits

_SUM_RULES = re.compile(r"BR-CO-(?:10|15)(?:-\d)?")


class Asked(NamedTuple):
    """One field: what the published answer is, what was read, and whether that is right."""

    document: str
    field: str
    expected: str
    read: str
    right: bool


def score_pdfs(folder: Path) -> list[Asked]:
    """invoice2data's invoices; asked are the fields that our result has too."""
    asked: list[Asked] = []
    for answers in sorted(folder.glob("*.json")):
        (expected,) = json.loads(answers.read_text(encoding="utf-8"), parse_float=Decimal)
        result = read_offline(extract(answers.with_suffix(".pdf"), kinds.PDF, TextLimits()))
        asked += (Asked(answers.stem, *one) for one in _pdf_fields(expected, result))
    return asked


def _pdf_fields(expected: dict[str, Any], result: DocumentResult) -> Iterator[tuple[str, str, str, bool]]:
    for name, keys, field in (
        ("invoice number", ("invoice_number",), result.invoice_number),
        ("order number", ("purchase_order_id", "order_id"), result.order_number),
        ("tax number", ("vat", "static_vat", "gstin"), result.supplier.tax_id),
        ("currency", ("currency",), result.currency),
    ):
        for key in keys:
            if key in expected:
                yield name, str(expected[key]), str(field.value), _letters(expected[key]) == _letters(field.value)
    for name, key, day in (("date", "date", result.invoice_date), ("due date", "date_due", result.due_date)):
        if key in expected:
            yield name, expected[key], str(day.value), date.fromisoformat(expected[key]) == day.value
    for name, key, amount in (
        ("total", "amount", result.total),
        ("net", "amount_untaxed", result.net),
        ("tax", "amount_tax", result.tax),
    ):
        if key in expected:
            yield name, str(expected[key]), str(amount.value), Decimal(expected[key]) == amount.value
    supplier = result.supplier.name.value or ""
    names = sorted((_letters(supplier), _letters(expected["issuer"])), key=len)
    yield "supplier", expected["issuer"], supplier, bool(names[0]) and names[1].startswith(names[0])
    yield from _lines(expected.get("lines", []), result)


def _lines(expected: list[dict[str, Any]], result: DocumentResult) -> Iterator[tuple[str, str, str, bool]]:
    """A line is right with its amount and the beginning of its description."""
    left = [(_letters(line.description.value), line.amount.value) for line in result.lines]
    for line in expected:
        amount = next((line[key] for key in ("price_subtotal", "price", "price_unit") if key in line), None)
        words = str(line.get("name") or line.get("desc") or "").split("\n")[0]
        if amount is None or not words:
            continue
        found = next((one for one in left if one[1] == Decimal(amount) and _letters(words) in one[0]), None)
        if found:
            left.remove(found)
        yield "line", f"{words} {amount}", str(found), found is not None


def _letters(value: object) -> str:
    return "".join(letter for letter in str(value).casefold() if letter.isalnum())


def invoices(archive: Path, folder: Path) -> Iterator[tuple[str, Path, ElementTree.Element, str | None]]:
    """The whole invoices of the EN 16931 tests, and the cases of its rules on sums with `success` or `error`."""
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    for file in sorted(folder.rglob("*.xml")):
        root = ElementTree.parse(file).getroot()
        if not root.tag.endswith("testSet"):
            yield file.stem, file, root, None
            continue
        if not _SUM_RULES.fullmatch(file.stem):
            continue
        for number, test in enumerate(child for child in root if child.tag.endswith("}test")):
            claim = test.find("{*}assert")
            (invoice,) = (child for child in test if child is not claim)
            kind = "error" if claim is not None and claim.find("{*}error") is not None else "success"
            path = folder / f"case {file.parent.name} {file.stem} {number}"
            path.write_bytes(ElementTree.tostring(invoice, encoding="utf-8", xml_declaration=True))
            yield file.stem, path, invoice, kind


def score_einvoices(archive: Path, folder: Path) -> tuple[list[Asked], list[Asked]]:
    """Fields of the whole invoices against the elements themselves, and verdicts on the cases of the rules on sums."""
    fields: list[Asked] = []
    verdicts: list[Asked] = []
    for name, path, root, claim in invoices(archive, folder):
        result = read_offline(extract(path, kinds.XML, TextLimits()))
        if claim is None:
            fields += (Asked(name, *one) for one in _ubl_fields(root, result))
        else:
            verdict = "error" if result.problems else "success"
            verdicts.append(Asked(path.name, name, claim, verdict, verdict == claim))
    return fields, verdicts


def _ubl_fields(root: ElementTree.Element, result: DocumentResult) -> Iterator[tuple[str, str, str, bool]]:
    for name, path, value in (
        ("invoice number", "{*}ID", result.invoice_number.value),
        ("order number", "{*}OrderReference/{*}ID", result.order_number.value),
        ("date", "{*}IssueDate", result.invoice_date.value),
        ("due date", "{*}DueDate", result.due_date.value),
        ("currency", "{*}DocumentCurrencyCode", result.currency.value),
        ("net", "{*}LegalMonetaryTotal/{*}TaxExclusiveAmount", result.net.value),
        ("total", "{*}LegalMonetaryTotal/{*}TaxInclusiveAmount", result.total.value),
        ("supplier", "{*}AccountingSupplierParty//{*}RegistrationName", result.supplier.name.value),
        ("customer", "{*}AccountingCustomerParty//{*}RegistrationName", result.customer.name.value),
    ):
        element = root.find(path)
        if element is not None and element.text:
            yield name, element.text, str(value), " ".join(element.text.split()) == str(value)
    currency = root.findtext("{*}DocumentCurrencyCode")
    taxes = {one.text for one in root.findall("{*}TaxTotal/{*}TaxAmount") if one.get("currencyID") == currency}
    if taxes:
        yield "tax", str(taxes), str(result.tax.value), {str(result.tax.value)} == taxes
    lines = [*root.findall("{*}InvoiceLine"), *root.findall("{*}CreditNoteLine")]
    for line, read in zip(lines, result.lines, strict=False):
        amount = line.findtext("{*}LineExtensionAmount")
        yield "line", str(amount), str(read.amount.value), amount == str(read.amount.value)
    for _ in lines[len(result.lines) :]:
        yield "line", "a line", "None", False
