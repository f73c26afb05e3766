"""A small audit as values: programme, profile, catalogue, materiality, workpapers."""

from datetime import date
from decimal import Decimal

from audit_agent.domain.books import BooksProfile, TableProfile
from audit_agent.domain.catalogue import ParameterSpec, ProcedureMeta, TableNeed
from audit_agent.domain.ids import AuditId, StepId
from audit_agent.domain.period import parse_period
from audit_agent.domain.plan import Materiality, Plan
from audit_agent.domain.program import MaterialityBasis, Program, ProgramProcedure, Risk
from audit_agent.domain.record import Digest
from audit_agent.domain.workpaper import ExceptionItem, SourceRow, Workpaper
from audit_agent.llm.contexts import FindingContext, PlanningContext

DIGEST = Digest("0" * 64)
AUDIT = AuditId("AUD-2026-0001")
MATERIALITY = Materiality(
    basis="revenue",
    basis_amount=Decimal("5000000.00"),
    percent=Decimal("1"),
    overall=Decimal("50000.00"),
    performance=Decimal("37500.00"),
    trivial=Decimal("2500.00"),
    currency="EUR",
)


class SmallCatalogue:
    """Four procedures; amounts must be numbers, and not negative."""

    def procedures(self) -> tuple[ProcedureMeta, ...]:
        """All entries, by id."""
        return (
            _meta("JE-02", "Unbalanced journals", "low", ("Journal_ID", "Amount")),
            _meta("JE-05", "Journals on weekends", "very high", ("Journal_ID", "Entered_Date")),
            _meta("JE-08", "Round amounts", "high", ("Amount",), ("multiple", "minimum_amount")),
            _meta("JE-10", "Rare preparers", "medium", ("Entered_By",)),
        )

    def parameter_problems(self, procedure: str, parameters: dict[str, str]) -> tuple[str, ...]:
        """What is wrong with these parameters, in words."""
        entry = next(meta for meta in self.procedures() if meta.id == procedure)
        known = {spec.name for spec in entry.parameters}
        unknown = [f"{procedure} has no parameter {name!r}." for name in parameters if name not in known]
        wrong = [
            f"{procedure} {name}={text!r} is no amount."
            for name, text in parameters.items()
            if not text.replace(".", "", 1).isdecimal()
        ]
        return (*unknown, *wrong)


def _meta(id_: str, title: str, risk: str, columns: tuple[str, ...], parameters: tuple[str, ...] = ()) -> ProcedureMeta:
    return ProcedureMeta.model_validate(
        {
            "id": id_,
            "version": "1",
            "title": title,
            "purpose": f"Find {title.lower()}.",
            "standard": "ISA 240.33(a)",
            "inputs": (TableNeed(table="GL_Detail", columns=columns),),
            "parameters": tuple(
                ParameterSpec(name=name, type="decimal", unit="books' currency", default="0", description=name)
                for name in parameters
            ),
            "false_positive_risk": risk,
            "false_positives": "Batch jobs.",
        }
    )


PROGRAM = Program(
    id="journal-entries",
    title="Journal entries",
    version="1",
    objective="Find signs of management override.",
    standards=("ISA 240",),
    risks=(Risk(id="R1", text="Management overrides controls.", assertions=("occurrence",)),),
    procedures=tuple(ProgramProcedure(id=name, risk="R1") for name in ("JE-02", "JE-05", "JE-08", "JE-10")),
    materiality=(MaterialityBasis(measure="revenue", percent="1"),),
)


def planning(empty_columns: tuple[str, ...] = ("Entered_By",)) -> PlanningContext:
    """Books of 1,200 journal lines whose preparers are not known."""
    columns = ("Journal_ID", "Amount", "Entered_Date", "Entered_By")
    table = TableProfile(
        name="GL_Detail",
        rows=1200,
        columns=columns,
        empty_columns=empty_columns,
        first_date=date(2025, 10, 1),
        last_date=date(2025, 10, 31),
    )
    return PlanningContext(
        audit=AUDIT,
        program=PROGRAM,
        profile=BooksProfile(books=DIGEST, currency="EUR", tables=(table,), measures={}),
        catalogue=SmallCatalogue().procedures(),
        materiality=MATERIALITY,
        period=parse_period("2025-10"),
    )


def workpaper(step: str, procedure: str, count: int, amount: str | None, reason: str = "It stands out.") -> Workpaper:
    """A workpaper with so many exceptions."""
    item = ExceptionItem(
        ref=f"{step}-E00001",
        key="Journal 100011090",
        reason=reason,
        score=Decimal("0.9"),
        amount=None if amount is None else Decimal(amount),
        currency="EUR",
        sources=(SourceRow(table="GL_Detail", file="gl.csv", sha256=DIGEST, row=17),),
        source_count=1,
    )
    return Workpaper(
        step=StepId(step),
        title=procedure,
        procedure=procedure,
        procedure_version="1",
        parameters={},
        reads=(),
        population=1200,
        statistics={"Journals": "400"},
        exception_count=count,
        exception_lines=count,
        exception_amount=None if amount is None or not count else Decimal(amount),
        currency="EUR",
        exceptions=DIGEST,
        top=(item,) if count else (),
        sql="SELECT 1",
        conclusion="Done.",
    )


def concluding(*papers: Workpaper) -> FindingContext:
    """What findings are drafted from."""
    plan = Plan(version=1, program=PROGRAM.id, summary="", materiality=MATERIALITY, steps=(), drafted_by="nobody")
    return FindingContext(
        audit=AUDIT, program=PROGRAM, plan=plan, workpapers=papers, catalogue=SmallCatalogue().procedures()
    )
