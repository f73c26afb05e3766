"""Small books, and one way to run a procedure over them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pytest

from audit_agent.books.tables import MemoryTables
from audit_agent.domain.ids import StepId
from audit_agent.domain.period import Period
from audit_agent.domain.plan import PlanStep
from audit_agent.domain.workpaper import Workpaper
from audit_agent.procedures.perform import perform
from audit_agent.store.evidence import FolderEvidence


class Run(Protocol):
    """Run a procedure over canonical rows and hand back its workpaper."""

    def __call__(
        self,
        procedure: str,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        *,
        period: Period | None = None,
        **parameters: str,
    ) -> Workpaper: ...


@pytest.fixture
def run(evidence: FolderEvidence) -> Run:
    """Books in USD, step S01."""

    def perform_on(
        procedure: str,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        *,
        period: Period | None = None,
        **parameters: str,
    ) -> Workpaper:
        step = PlanStep(
            id=StepId("S01"), procedure=procedure, title="A step", risk="R1", why="A test.", parameters=parameters
        )
        with MemoryTables(rows, period) as tables:
            return perform(step, tables, evidence, "USD")

    return perform_on


class Lines(Protocol):
    """The lines of one journal from `(account, signed amount)` pairs."""

    def __call__(self, journal: str, *postings: tuple[str, str], **columns: Any) -> list[dict[str, Any]]: ...


@pytest.fixture
def journal() -> Lines:
    """Lines dated 2025-03-12, a Wednesday, entered at ten that day by ANNA from source MAN."""

    def lines(journal: str, *postings: tuple[str, str], **columns: Any) -> list[dict[str, Any]]:
        common = {
            "Journal_ID": journal,
            "Source": "MAN",
            "Effective_Date": "2025-03-12",
            "Entered_Date": "2025-03-12",
            "Entered_Time": "10:00:00",
            "Fiscal_Year": 2025,
            "Period": 3,
            "Amount_Currency": "USD",
            "Entered_By": "ANNA",
        }
        return [
            common
            | {
                "Journal_ID_Line_Number": number,
                "GL_Account_Number": account,
                "Amount": amount.removeprefix("-"),
                "Amount_Credit_Debit_Indicator": "C" if amount.startswith("-") else "D",
            }
            | columns
            for number, (account, amount) in enumerate(postings, start=1)
        ]

    return lines
