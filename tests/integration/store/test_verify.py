"""Tampering with anything an audit rests on is found and named."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from audit_agent.domain.audit import EffectKind, Phase
from audit_agent.domain.books import BooksManifest, FrozenTable
from audit_agent.domain.directory import Capacity, Standing
from audit_agent.domain.finding import Hold
from audit_agent.domain.ids import AuditId, Person, StepId
from audit_agent.domain.policy import Gate
from audit_agent.domain.record import Digest, canonical_json, digest_bytes
from audit_agent.domain.review import Answer, Decision, Outcome, Receipt, Review
from audit_agent.domain.workpaper import Workpaper
from audit_agent.store.audit_tables import LogRow
from audit_agent.store.audits import Audits
from audit_agent.store.database import Database
from audit_agent.store.decisions import Decisions
from audit_agent.store.drafts import Drafts
from audit_agent.store.effects import Effects
from audit_agent.store.evidence import FolderEvidence
from audit_agent.store.holds import Holds
from audit_agent.store.leases import Leases
from audit_agent.store.publications import Publications
from audit_agent.store.reading import audit_status
from audit_agent.store.reviews import Reviews
from audit_agent.store.steps import Steps
from audit_agent.store.verification import Misfit, MisfitFoundError
from audit_agent.store.verify import verify
from audit_agent.store.verify_rows import told_by
from audit_agent.store.words import DraftKind, Event

TABLE, REJECTS, EXCEPTIONS, PLAN = b"table", b"rejects", b"exceptions", b"plan"
REPORT, SIGNED = b'{"run":{"log_head":null},"signed":false}', b'{"run":{"log_head":null},"signed":true}'


def _books(evidence: FolderEvidence) -> Digest:
    def frozen(name: str, data: bytes) -> FrozenTable:
        return FrozenTable(name=name, digest=evidence.put(data), rows=1, columns=("Amount",))

    manifest = BooksManifest(tables=(frozen("GL_Detail", TABLE),), sources=(), rejects=frozen("rejects", REJECTS))
    return evidence.put(canonical_json(manifest))


def _workpaper(evidence: FolderEvidence) -> Digest:
    paper = Workpaper(
        step=StepId("S01"),
        title="Balance",
        procedure="JE-02",
        procedure_version="1",
        parameters={},
        reads=(),
        population=1,
        statistics={},
        exception_count=1,
        exception_lines=1,
        exceptions=evidence.put(EXCEPTIONS),
        top=(),
        sql="SELECT 1",
        conclusion="One journal does not balance.",
    )
    return evidence.put(canonical_json(paper))


@pytest.fixture
def finished(
    database: Database,
    audit: AuditId,
    evidence: FolderEvidence,
    at: datetime,
    review_of: Callable[..., Review],
    decision_on: Callable[..., Decision],
    hold: Hold,
) -> AuditId:
    """An audit that went from request to published report and left something of every kind."""
    audits, effects, books, paper = Audits(database), Effects(database), _books(evidence), _workpaper(evidence)
    effects.reserve(audit, EffectKind.BOOKS_LEASE, "", at)
    Leases(database).take(audit, books, at)
    effects.settle(audit, EffectKind.BOOKS_LEASE, "", at)
    audits.set_books(audit, books, rows=1, rejected_rows=1, currency="EUR", at=at)
    Drafts(database).save(audit, DraftKind.PLAN, 1, evidence.put(PLAN), at)
    review = review_of(audit, Gate.PLAN).model_copy(update={"subject": evidence.put(PLAN)})
    Reviews(database).open(review, at)
    delegator = Capacity(person=Person("user:partner"), roles=("partner",))
    decision = decision_on(review)
    standing = Standing(own=Capacity(person=decision.person), delegators=(delegator,))
    decision = decision.model_copy(update={"standing": standing})
    receipt = Receipt(
        decision=decision.id,
        answer=Answer.RECORDED,
        message="Recorded.",
        outcome=Outcome.APPROVED,
        on_behalf_of=delegator.person,
    )
    Decisions(database).answer(decision, receipt, at)
    Reviews(database).close(review.id, Outcome.APPROVED, at)
    Steps(database).finish(audit, StepId("S01"), 1, paper, 1, Decimal("0.5"), at)
    Publications(database).publish_workpapers(audit, {StepId("S01"): paper}, at)
    Holds(database).reserve(audit, hold, at)
    Holds(database).place(audit, hold.key, "PS-1", at)
    Publications(database).draft_report(audit, 1, evidence.put(REPORT), at)
    Publications(database).publish_report(audit, evidence.put(REPORT), evidence.put(SIGNED), at)
    audits.end(audit, Phase.FINISHED, "", evidence.put(SIGNED), at)
    return audit


def _tamper(database: Database, *statements: str) -> None:
    """Change rows behind the triggers' back, as somebody with the database's files or password could."""
    with database.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                session.execute(text(statement))
            return
        triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(text(statement))
        for _, create in triggers:
            session.execute(text(create))


def _misfit(database: Database, evidence: FolderEvidence, audit: AuditId) -> Misfit:
    result = verify(database, evidence, audit)
    assert result.misfit is not None
    return result.misfit


def test_an_audit_nobody_touched_fits(database: Database, evidence: FolderEvidence, finished: AuditId) -> None:
    result = verify(database, evidence, finished)

    assert result.misfit is None
    assert (result.entries, result.blobs) == (17, 8)


def test_an_audit_that_was_cancelled_and_undone_fits(
    database: Database,
    evidence: FolderEvidence,
    audit: AuditId,
    at: datetime,
    hold: Hold,
    review_of: Callable[..., Review],
) -> None:
    holds, effects = Holds(database), Effects(database)
    review = review_of(audit).model_copy(update={"subject": evidence.put(PLAN)})
    Reviews(database).open(review, at)
    effects.reserve(audit, EffectKind.PAYMENT_HOLDS, "", at)
    holds.reserve(audit, hold, at)
    Steps(database).not_done(audit, StepId("S01"), 1, "No such {table}.", at)
    effects.begin_undo(audit, EffectKind.PAYMENT_HOLDS, "cancelled", at)
    effects.stuck(audit, EffectKind.PAYMENT_HOLDS, "away", at)
    effects.begin_undo(audit, EffectKind.PAYMENT_HOLDS, "again", at)
    holds.begin_release(audit, hold.key, at)
    holds.release(audit, hold.key, at)
    effects.finish_undo(audit, EffectKind.PAYMENT_HOLDS, "", at)
    effects.begin_undo(audit, EffectKind.REPORT, "cancelled", at)
    Audits(database).end(audit, Phase.CANCELLED, "cancelled", None, at)

    assert verify(database, evidence, audit).misfit is None


def test_a_changed_log_entry_is_named(database: Database, evidence: FolderEvidence, finished: AuditId) -> None:
    _tamper(database, "UPDATE audit_log SET actor = 'user:other' WHERE seq = 3")

    misfit = _misfit(database, evidence, finished)

    assert misfit.what == "An entry was changed after it was written."
    assert misfit.where == f"audit log of {finished}, entry 3"


@pytest.mark.parametrize(
    "change",
    ["key = 'other'", "event = 'run started'", "data = '{}'", "at = '2020-01-01 00:00:00.000000'"],
)
def test_no_field_of_a_log_entry_can_be_changed(
    database: Database, evidence: FolderEvidence, finished: AuditId, change: str
) -> None:
    _tamper(database, f"UPDATE audit_log SET {change} WHERE seq = 4")

    assert _misfit(database, evidence, finished).where == f"audit log of {finished}, entry 4"


def test_a_deleted_log_entry_is_missed(database: Database, evidence: FolderEvidence, finished: AuditId) -> None:
    _tamper(database, "DELETE FROM audit_log WHERE seq = 5")

    misfit = _misfit(database, evidence, finished)

    assert (misfit.expected, misfit.found) == ("entry 5", "entry 6")


def test_a_log_cut_short_is_noticed(database: Database, evidence: FolderEvidence, finished: AuditId) -> None:
    _tamper(database, "DELETE FROM audit_log WHERE seq > 15")

    misfit = _misfit(database, evidence, finished)

    assert (misfit.expected, misfit.found) == ("17 entries", "15")


def test_a_log_entry_put_in_anothers_place_breaks_the_chain(
    database: Database, evidence: FolderEvidence, finished: AuditId
) -> None:
    _tamper(
        database,
        "UPDATE audit_log SET seq = 99 WHERE seq = 4",
        "UPDATE audit_log SET seq = 4 WHERE seq = 5",
        "UPDATE audit_log SET seq = 5 WHERE seq = 99",
    )

    assert _misfit(database, evidence, finished).what == "An entry does not follow from the one before it."


@pytest.mark.parametrize(
    ("table", "change", "where"),
    [
        ("drafts", "digest = 'f00'", "draft plan/1"),
        ("steps", "workpaper = 'f00'", "step S01/1"),
        ("steps", "exceptions = 0", "step S01/1"),
        ("audits", "books_rejected_rows = 0", "books"),
        ("audits", "requester = 'user:somebody else'", "request"),
        ("audits", "request = 'no record'", "request"),
        ("audits", "findings = 7", "findings"),
        ("audits", "reason = 'another'", "reason"),
        ("audits", "books = 'f00'", "books"),
        ("audits", "report = 'f00'", "published report"),
        ("audits", "phase = 'rejected'", "phase"),
        ("audits", "request = '{}'", "request"),
        ("reports", "digest = 'f00'", "report 1"),
        ("workpapers", "state = 'withdrawn'", "workpaper S01"),
        ("books_leases", "state = 'released'", "books lease"),
        ("payment_holds", "amount = '1.00'", "hold F-01/Payments_Made/P-77"),
        ("payment_holds", "state = 'released'", "hold F-01/Payments_Made/P-77 state"),
        ("effects", "state = 'undone'", "effect books lease"),
        ("decisions", "answer = 'too-late'", "decision d-1 answer"),
        ("decisions", "decision = '{}'", "decision d-1"),
        ("decisions", "on_behalf_of = 'user:else'", "decision d-1 on behalf of"),
        ("decisions", "undid = 'd-0'", "decision d-1 undid"),
        ("decisions", "standing = '{}'", "decision d-1 standing"),
        ("decisions", "person = 'user:somebody else'", "decision d-1"),
        ("decisions", "reason = 'another'", "decision d-1"),
        ("reviews", "review = replace(review, 'requester', 'questioner')", "review AUD-2026-0001/plan/1"),
        ("reviews", "round = 2", "review AUD-2026-0001/plan/1"),
        ("reviews", "outcome = 'rejected'", "review AUD-2026-0001/plan/1 outcome"),
        ("reviews", "subject = 'f00'", "review AUD-2026-0001/plan/1"),
    ],
)
def test_a_record_that_does_not_say_what_the_log_says_is_named(
    database: Database, evidence: FolderEvidence, finished: AuditId, table: str, change: str, where: str
) -> None:
    _tamper(database, f"UPDATE {table} SET {change}")

    misfit = _misfit(database, evidence, finished)

    assert (misfit.what, misfit.where) == ("A record does not say what the log says.", where)


@pytest.mark.parametrize("data", ["{}", "[]", "cut off"])
def test_a_log_entry_that_does_not_say_what_its_event_must_say_is_named(data: str) -> None:
    entry = LogRow(audit=AuditId("AUD-2026-0001"), seq=4, event=Event.REVIEW_OPENED, data=data)

    with pytest.raises(MisfitFoundError) as found:
        told_by([entry])

    assert (found.value.misfit.where, found.value.misfit.found) == ("audit log of AUD-2026-0001, entry 4", data)


def test_a_deleted_record_is_missed(database: Database, evidence: FolderEvidence, finished: AuditId) -> None:
    _tamper(database, "DELETE FROM drafts")

    misfit = _misfit(database, evidence, finished)

    assert (misfit.where, misfit.found) == ("draft plan/1", "nothing")


@pytest.mark.parametrize("content", [TABLE, REJECTS, EXCEPTIONS, PLAN, REPORT, SIGNED])
def test_a_changed_byte_of_a_blob_is_named(
    database: Database, evidence: FolderEvidence, finished: AuditId, content: bytes
) -> None:
    blob = evidence.path(digest_bytes(content))
    blob.chmod(0o644)
    blob.write_bytes(content[:-1] + b"!")

    misfit = _misfit(database, evidence, finished)

    assert misfit.what == "A blob does not have its digest."
    assert (misfit.expected, misfit.found) == (digest_bytes(content), digest_bytes(content[:-1] + b"!"))


def test_a_deleted_blob_is_missed(database: Database, evidence: FolderEvidence, finished: AuditId) -> None:
    evidence.path(digest_bytes(REJECTS)).unlink()

    misfit = _misfit(database, evidence, finished)

    assert (misfit.what, misfit.found) == ("A blob is missing.", "nothing")
    assert misfit.where.endswith("table rejects")


def test_a_workpaper_that_cannot_be_understood_is_named(
    database: Database, evidence: FolderEvidence, audit: AuditId, at: datetime
) -> None:
    Steps(database).finish(audit, StepId("S01"), 1, evidence.put(b"no workpaper"), 0, Decimal(1), at)

    assert _misfit(database, evidence, audit).what == "A blob cannot be understood."


def test_a_report_written_over_another_log_is_noticed(
    database: Database, evidence: FolderEvidence, audit: AuditId, at: datetime
) -> None:
    elsewhere = digest_bytes(b"an entry of another log")
    report = evidence.put(canonical_json({"run": {"log_head": elsewhere}}))
    Publications(database).draft_report(audit, 1, report, at)

    misfit = _misfit(database, evidence, audit)

    assert misfit.what == "The report was written over a log that had another entry."
    assert elsewhere in misfit.expected


def test_a_report_that_names_an_entry_before_it_fits(
    database: Database, evidence: FolderEvidence, audit: AuditId, at: datetime
) -> None:
    head = audit_status(database, audit).log_head
    report = evidence.put(canonical_json({"run": {"log_head": head}}))
    Publications(database).draft_report(audit, 1, report, at)

    assert verify(database, evidence, audit).misfit is None
