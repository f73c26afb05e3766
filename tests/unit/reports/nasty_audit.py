"""An audit whose books are full of names that try to be markup, and everything that was computed and decided in it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from audit_agent.domain.audit import AuditRequest, EffectKind
from audit_agent.domain.books import BooksManifest, BooksProfile, ControlTotals, FrozenTable, SourceFile, TableProfile
from audit_agent.domain.budget import BudgetRaise
from audit_agent.domain.finding import Dismissal, Finding, FindingSet, Hold, RemediationProposal, Severity
from audit_agent.domain.ids import AuditId, DecisionId, Person, StepId, review_id
from audit_agent.domain.period import parse_period
from audit_agent.domain.plan import Materiality, OmittedProcedure, Plan, PlanStep
from audit_agent.domain.policy import Gate
from audit_agent.domain.program import MaterialityBasis, Program, ProgramProcedure, Risk
from audit_agent.domain.record import Digest, digest_bytes, digest_of
from audit_agent.domain.review import Answer, Decision, Outcome, Receipt, Verdict
from audit_agent.domain.spend import AS_A_WHOLE, SpendLine, SpendSummary, Tokens
from audit_agent.domain.workpaper import ExceptionItem, Series, SourceRow, TableRead, Workpaper
from audit_agent.reports.inputs import AnsweredDecision, ReportInputs, StepNotDone
from audit_agent.reports.run import Compensation, ReviewTime, StepTime

SCRIPT = "<script>alert('paid')</script> & Sons"
PIPES = "Pipes | Tubes | Co"
STARS = "*Star* _Line_ `Freight` [click](https://example.com) ~~Ltd~~"
HEBREW = "חברת דוגמה בע״מ"
OVERRIDE = "invoice\u202egpj.exe"
NEWLINES = "Two\r\n\r\n# Lines\n- Ltd"
LONG = ("An unusually long description of a consulting engagement " * 6)[:300]
NAMES = (SCRIPT, PIPES, STARS, HEBREW, OVERRIDE, NEWLINES, LONG, 'O\'Neil "Quote" GmbH', "$x^2$ Chemicals", "Plain Ltd")

BENFORD = Series(
    title="First digits of amounts",
    columns=("Digit", "Found", "Expected", "Found share", "Expected share"),
    rows=tuple(
        (str(digit), str(found), str(expected), f"{found / 200:.2f}%", f"{expected / 200:.2f}%")
        for digit, found, expected in (
            (1, 5720, 6021),
            (2, 3410, 3522),
            (3, 2488, 2499),
            (4, 1961, 1938),
            (5, 1702, 1584),
            (6, 1330, 1339),
            (7, 1120, 1160),
            (8, 1065, 1023),
            (9, 1204, 915),
        )
    ),
)


def sha(text: str) -> Digest:
    """A digest that stands for some bytes."""
    return digest_bytes(text.encode())


PROGRAM = Program(
    id="journal-entries",
    title="Journal entries",
    version="1",
    objective="Find journal entries that management could have used to override controls.",
    standards=("ISA 240.33(a)", "AS 2401.61"),
    risks=(
        Risk(id="R1", text="Entries are posted that do not balance", assertions=("accuracy",)),
        Risk(id="R2", text="Controls are overridden by manual entries", assertions=("occurrence",)),
    ),
    procedures=(ProgramProcedure(id="JE-02", risk="R1"),),
    materiality=(MaterialityBasis(measure="revenue", percent="0.5"),),
)

PLAN = Plan(
    version=2,
    program="journal-entries",
    summary="Five steps over all journal lines of the year.\n\nManual entries at month end come first.",
    materiality=Materiality(
        basis="revenue",
        basis_amount=Decimal("48200000"),
        percent=Decimal("0.50"),
        overall=Decimal("241000"),
        performance=Decimal("168700.00"),
        trivial=Decimal("7230.0000"),
        currency="EUR",
    ),
    steps=tuple(
        PlanStep(
            id=StepId(f"S0{number}"),
            procedure=procedure,
            title=title,
            risk=risk,
            why=why,
            parameters=parameters,
            depends_on=(StepId("S01"),) if number == 5 else (),
        )
        for number, procedure, title, risk, why, parameters in (
            (1, "JE-02", "Unbalanced entries", "R1", "The ledger must balance.", {}),
            (2, "JE-05", "Weekend and holiday posting", "R2", "No shift works on Sundays.", {"country": "DE"}),
            (3, "JE-08", "Round amounts", "R2", "Estimates are often round.", {"unit": "1000", "note": PIPES}),
            (4, "JE-15", "Benford's law, first digits", "R2", "Invented amounts differ.", {"digits": "first"}),
            (5, "JE-04", "Ledger against system log", "R1", "Completeness of what we were given.", {}),
        )
    ),
    omitted=(OmittedProcedure(procedure="JE-06", reason="The books carry no Entered_Time."),),
    drafted_by="offline-rules/1",
    answers=("Added JE-15, as asked by the controller.",),
)

MANIFEST = BooksManifest(
    tables=(
        FrozenTable(name="GL_Detail", digest=sha("gl"), rows=20_114, columns=("Journal_ID", "Amount")),
        FrozenTable(name="User_Listing", digest=sha("users"), rows=41, columns=("User_ID",)),
    ),
    sources=(
        SourceFile(
            name="gl <2025> | final.csv",
            sha256=sha("gl.csv"),
            size=3_204_118,
            table="GL_Detail",
            mapping={"Belegnummer": "Journal_ID"},
            source_totals=ControlTotals(rows=20_117, debits=Decimal("91400.10"), credits=Decimal("91400.10")),
            imported_totals=ControlTotals(rows=20_114, debits=Decimal("91388.10"), credits=Decimal("91400.10")),
            rejected_rows=3,
            notes=("Decimal comma, cp1252.",),
        ),
        SourceFile(
            name="users.xlsx",
            sha256=sha("users.xlsx"),
            size=9_118,
            table="User_Listing",
            mapping={},
            source_totals=ControlTotals(rows=41),
            imported_totals=ControlTotals(rows=41),
            rejected_rows=0,
        ),
    ),
)

PROFILE = BooksProfile(
    books=digest_of(MANIFEST),
    currency="EUR",
    tables=(
        TableProfile(
            name="GL_Detail",
            rows=20_114,
            columns=("Journal_ID", "Amount"),
            first_date=date(2025, 1, 1),
            last_date=date(2025, 12, 31),
            debits=Decimal("91388.1000"),
            credits=Decimal("91400.1000"),
            sample=({"Journal_ID": "must-not-be-shown"},),
        ),
    ),
    measures={"revenue": Decimal("48200000")},
    rejected_rows=3,
)


def exception(step: str, number: int) -> ExceptionItem:
    """One exception, named after one of the nasty suppliers."""
    name = NAMES[number % len(NAMES)]
    return ExceptionItem(
        ref=f"{step}-E{number:05d}",
        key=f"Journal 1000{number:05d} of {name}",
        reason=f"{name} was posted on a Sunday, 20 days after the document.",
        score=Decimal(1000 - number % 1000) / 1000,
        amount=Decimal("12345.6000") + number,
        currency="EUR",
        day=date(2025, 3, 2) + timedelta(days=number % 28),
        facts={"Entered_By": "KRÜGER", "Vendor": name},
        sources=tuple(
            SourceRow(table="GL_Detail", file="gl <2025> | final.csv", sha256=sha("gl.csv"), row=number * 7 + line)
            for line in range(1 + number % 8)
        ),
        source_count=1 + number % 8 + (60 if number % 10 == 7 else 0),
    )


def workpaper(step: str, procedure: str, title: str, found: int, shown: int = 50, **more: object) -> Workpaper:
    """A workpaper with so many exceptions, of which so many are at hand."""
    return Workpaper.model_validate(
        {
            "step": step,
            "title": title,
            "procedure": procedure,
            "procedure_version": "1.0",
            "parameters": {"country": "DE", "note": PIPES},
            "reads": (TableRead(table="GL_Detail", digest=sha("read"), rows=20_114),),
            "population": 20_114,
            "statistics": {"journals": "4,021", "share_flagged": "2.4%"},
            "exception_count": found,
            "exception_lines": 2 * found,
            "exception_amount": Decimal(found) * Decimal("12345.6789") if found else None,
            "currency": "EUR",
            "exceptions": sha(f"{step} exceptions"),
            "top": tuple(exception(step, number) for number in range(1, min(found, shown) + 1)),
            "sql": f"SELECT *\nFROM GL_Detail -- ```not a fence\nWHERE JE_Line_Description = '{SCRIPT}'",
            "conclusion": f"{found:,} of 20,114 rows were flagged.",
        }
        | more
    )


WORKPAPERS = (
    workpaper("S04", "JE-15", "Benford's law, first digits", 0, series=(BENFORD,)),
    workpaper("S01", "JE-02", "Unbalanced entries", 3),
    workpaper("S02", "JE-05", "Weekend and holiday posting", 10_000),
    workpaper("S03", "JE-08", f"Round amounts of {STARS}", 12),
)

FINDINGS = FindingSet(
    version=1,
    findings=(
        Finding(
            ref="F-01",
            step=StepId("S02"),
            procedure="JE-05",
            title=f"Entries posted on days nobody works, many for {SCRIPT}",
            severity=Severity.MEDIUM,
            condition=f"10,000 lines were entered on a weekend. The largest bears the text {NEWLINES}",
            criteria="Postings are made on working days (accounting manual, 4.2).",
            cause="The batch user runs without a calendar.",
            consequence="Entries escape the daily review.",
            corrective_action="Give the batch a calendar and review the weekend entries of December.",
            amount=Decimal("123456789.00"),
            currency="EUR",
            exception_count=10_000,
            exceptions=tuple(f"S02-E{number:05d}" for number in range(1, 51)),
        ),
        Finding(
            ref="F-02",
            step=StepId("S01"),
            procedure="JE-02",
            title="Three journals do not balance",
            severity=Severity.HIGH,
            condition="Debits and credits of three journals differ.",
            criteria="Every journal balances.",
            cause="A manual interface accepts single lines.",
            consequence="The trial balance is wrong by the difference.",
            corrective_action="Post the missing lines; close the interface.",
            amount=Decimal("180000.005"),
            currency="EUR",
            exception_count=3,
            exceptions=("S01-E00001", "S01-E00002", "S01-E00003"),
        ),
    ),
    dismissed=(Dismissal(subject="S03", reason=f"Monthly rent to {PIPES}.", by="user:controller"),),
    drafted_by="offline-rules/1",
    answers=("F-01 names the batch user, as asked.",),
)

REMEDIATION = RemediationProposal(
    version=1,
    holds=(
        Hold(
            key="F-02/Payments_Made/P-77",
            finding="F-02",
            item="Payment P-77",
            supplier=SCRIPT,
            amount=Decimal("18000"),
            currency="EUR",
            reason="Paid to a supplier whose journal does not balance.",
        ),
    ),
)


def answered(
    audit: str, gate: Gate, round_number: int, verdict: Verdict, subject: Digest, at: datetime, **more: str
) -> AnsweredDecision:
    """A decision of the controller and its answer."""
    number = DecisionId(f"{audit}-{gate}-{round_number}-{verdict}")
    decision = Decision(
        id=number,
        review=review_id(AuditId(audit), gate.value, round_number),
        audit=AuditId(audit),
        gate=gate,
        subject=subject,
        person=Person(more.get("person", "user:controller")),
        verdict=verdict,
        reason=more.get("reason", ""),
        surface="terminal",
        made_at=at,
    )
    answer = Answer(more.get("answer", "recorded"))
    return AnsweredDecision(
        decision=decision, receipt=Receipt(decision=number, answer=answer, message=more.get("message", "Recorded."))
    )


def decisions(audit: str, begun: datetime) -> tuple[AnsweredDecision, ...]:
    """Every decision before the report's own gate."""
    hour = timedelta(hours=1)
    return (
        answered(
            audit,
            Gate.PLAN,
            1,
            Verdict.REQUEST_CHANGES,
            sha("plan 1"),
            begun + hour,
            reason="Add Benford, | please <b>now</b>",
        ),
        answered(audit, Gate.PLAN, 2, Verdict.APPROVE, digest_of(PLAN), begun + 2 * hour),
        answered(audit, Gate.PLAN, 2, Verdict.APPROVE, digest_of(PLAN), begun + 3 * hour, answer="too-late"),
        answered(audit, Gate.FINDINGS, 1, Verdict.APPROVE, digest_of(FINDINGS), begun + 30 * hour),
        answered(audit, Gate.REMEDIATION, 1, Verdict.APPROVE, digest_of(REMEDIATION), begun + 31 * hour),
    )


def inputs(audit: str = "AUD-2026-0007", begun: datetime | None = None) -> ReportInputs:
    """Everything for a report. Another id or another time must not change what people sign."""
    begun = begun or datetime(2026, 2, 2, 8, 0, tzinfo=UTC)
    return ReportInputs(
        request=AuditRequest(
            audit=AuditId(audit),
            program=PROGRAM,
            books="/srv/books/2025",
            period=parse_period("2025"),
            budget=Decimal("25"),
            requester=Person("user:auditor"),
            requested_at=begun,
        ),
        books=MANIFEST,
        profile=PROFILE,
        plan=PLAN,
        workpapers=WORKPAPERS,
        not_done=(StepNotDone(step=StepId("S05"), reason="The books carry no Journal_Log."),),
        findings=FINDINGS,
        remediation=REMEDIATION,
        held=True,
        summary=f"Four of five steps were carried out over the year 2025.\n\n# {SCRIPT} stands out.",
        analyst="offline-rules/1",
        decisions=decisions(audit, begun),
        reviews=(
            ReviewTime(
                review=review_id(AuditId(audit), "plan", 1),
                gate=Gate.PLAN,
                version=1,
                opened_at=begun + timedelta(minutes=2),
                closed_at=begun + timedelta(hours=1),
                outcome=Outcome.CHANGES_REQUESTED,
            ),
        ),
        compensations=(
            Compensation(
                effect=EffectKind.WORKPAPERS,
                reason="Replaced by a later revision",
                at=begun + timedelta(hours=4),
                undone=True,
            ),
        ),
        spend=SpendSummary(
            audit=audit,
            total=_spend("total"),
            reused=2,
            by_model=(_spend("claude-opus-5-5"),),
            by_step=(_spend("S02"), SpendLine(name=AS_A_WHOLE)),
        ),
        saved=Decimal("0.0342"),
        raises=(BudgetRaise(at=begun + timedelta(hours=3), before=Decimal(25), limit=Decimal(40)),),
        step_times=(StepTime(step=StepId("S01"), seconds=Decimal("0.42")),),
        drafted_at=begun + timedelta(days=2),
        agent_version="0.1.0",
        log_head=sha(f"log of {audit}"),
    )


def _spend(name: str) -> SpendLine:
    return SpendLine(
        name=name,
        calls=3,
        tokens=Tokens(input=12_000, output=2_100, cache_read=9_000),
        cost=Decimal("0.1834"),
        unknown_calls=1,
        exposure=Decimal("0.09"),
    )
