"""The page on matching shows what the labelled pairs of names give."""

import csv
import re
from pathlib import Path

from audit_agent.matching.names import SAME, company_score, person_score
from tests.unit.docs.pages import ROOT

_PAGE = ROOT / "docs" / "reference" / "matching-scores.md"
_ROW = re.compile(r"^\| (persons|companies) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|$", re.MULTILINE)


def test_the_page_shows_hits_misses_and_f1_of_names(shared_data: Path) -> None:
    with (shared_data / "names" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    companies = {"Company", "Organization", "LegalEntity"}
    found = {}
    for label, schemas, score in (("persons", {"Person"}, person_score), ("companies", companies, company_score)):
        judged = [
            (pair["is_match"] == "true", score(pair["name1"], pair["name2"]) >= SAME)
            for pair in pairs
            if pair["schema"] in schemas
        ]
        right, wrong, missed = judged.count((True, True)), judged.count((False, True)), judged.count((True, False))
        f1 = f"{2 * right / (2 * right + wrong + missed):.3f}"
        found[label] = (*map(str, (len(judged), right, wrong, missed)), f1)
    print(found)

    shown = {label: tuple(figures) for label, *figures in _ROW.findall(_PAGE.read_text(encoding="utf-8"))}

    assert shown == found
