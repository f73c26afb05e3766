"""Names of companies and people: what is one name, and what only looks like it."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from audit_agent.matching.names import SAME, company_score, person_score


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Müller & Söhne GmbH", "MUELLER UND SOEHNE GMBH", True),
        ("Müller & Söhne GmbH", "Muller und Sohne Gesellschaft mit beschränkter Haftung", True),
        ("Nordlicht Papier AG", "Papier Nordlicht Aktiengesellschaft", True),
        ("Nordlicht Papier AG", "Nordlicht Papier", True),
        ("Nordlicht Papier AG", "Nordlicht Papier GmbH", False),
        ("Nordlicht Papier AG", "Nordlicht Papeir AG", True),
        ("Nordlicht Papier AG", "Nordlicht Tinte AG", False),
        ("Nordlicht (Wien) GmbH", "Nordlicht (Graz) GmbH", False),
        ("K.L.M. Trading Co.", "KLM Trading Company", True),
        ("Sunrise Works", "Sun Rise Works Ltd", True),
        ("Дружба", "Druzhba JSC", True),
        ("", "Nordlicht", False),
        ("AG", "GmbH", False),
    ],
)
def test_companies(first: str, second: str, same: bool) -> None:
    assert (company_score(first, second) >= SAME) is same
    assert company_score(first, second) == company_score(second, first)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Dr. Jana Vogt", "VOGT, Jana", True),
        ("Jana Maria Vogt", "Jana Vogt", True),
        ("J. Vogt", "Jana Vogt", True),
        ("K. Vogt", "Jana Vogt", False),
        ("Jana Vogt", "Lena Vogt", False),
        ("Jana Vogt", "Jana Vogdt", True),
        ("Karim bin Salim", "Salim bin Karim", False),
        ("Vogt", "Jana Vogt", False),
    ],
)
def test_people(first: str, second: str, same: bool) -> None:
    assert (person_score(first, second) >= SAME) is same
    assert person_score(first, second) == person_score(second, first)


@pytest.mark.parametrize(
    ("schemas", "score", "least"),
    [
        pytest.param({"Person"}, person_score, 0.80, id="persons"),
        pytest.param({"Company", "Organization", "LegalEntity"}, company_score, 0.85, id="companies"),
    ],
)
def test_f1_on_name_pairs_labelled_by_others(
    schemas: set[str],
    score: Callable[[str, str], float],
    least: float,
    shared_data: Path,
    record_property: Callable[[str, object], None],
) -> None:
    with (shared_data / "names" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = [row for row in csv.DictReader(file) if row["schema"] in schemas]

    told = [(score(row["name1"], row["name2"]) >= SAME, row["is_match"] == "true") for row in pairs]
    hits, false_alarms, missed = (told.count(kind) for kind in ((True, True), (True, False), (False, True)))
    f1 = 2 * hits / (2 * hits + false_alarms + missed)
    record_property("F1", round(f1, 4))
    print(f"F1 {f1:.4f}: {hits} found, {false_alarms} false alarms, {missed} missed of {len(pairs)} pairs")

    assert f1 >= least
