"""The same facts twice: as the log tells them, and as the tables show them."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit_agent.domain.audit import Phase
from audit_agent.domain.evidence_request import RequestOutcome
from audit_agent.domain.finding import Hold
from audit_agent.domain.record import canonical_json, digest_bytes
from audit_agent.domain.review import Outcome
from audit_agent.store.audit_tables import AuditRow, DraftRow, LogRow, StepRow
from audit_agent.store.effect_tables import BooksLeaseRow, EffectRow, PaymentHoldRow, ReportRow, WorkpaperRow
from audit_agent.store.investigation_table import InvestigationRow
from audit_agent.store.request_tables import EvidenceReplyRow, EvidenceRequestRow
from audit_agent.store.review_tables import DecisionRow, ReviewRow
from audit_agent.store.verification import MisfitFoundError
from audit_agent.store.words import EffectState, Event, HoldState, Lease, Publication

Facts = dict[str, str]
Data = dict[str, Any]


def told_by(log: Iterable[LogRow]) -> Facts:
    """The facts the log amounts to, by name; raises MisfitFoundError at an entry that lacks what its event says."""
    facts: Facts = {"phase": Phase.REQUESTED.value}
    for entry in log:
        if tell := _TOLD.get(entry.event):
            try:
                tell(facts, json.loads(entry.data))
            except (KeyError, TypeError, ValueError) as error:
                where = f"audit log of {entry.audit}, entry {entry.seq}"
                raise MisfitFoundError(
                    "An entry cannot be understood.", where, entry.event.value, entry.data
                ) from error
    return facts


def shown_by(session: Session, row: AuditRow) -> Facts:
    """The facts the tables show, by name."""
    request = _with_columns(row.request, {"requester": row.requester, "books": row.books_path})
    facts: Facts = {"request": digest_bytes(request.encode()), "phase": row.phase.value}
    if row.books:
        facts["books"] = f"{row.books}, {row.books_rows} rows, {row.books_rejected_rows} refused, {row.currency}"
    if row.documents:
        facts["documents"] = f"{row.documents}, {row.documents_count}, {row.documents_rejected} refused"
    if row.findings or row.risk:
        facts["findings"] = f"{row.findings}, {row.risk.value if row.risk else None}"
    if row.reason:
        facts["reason"] = row.reason
    if row.report:
        facts["published report"] = row.report
    for step in session.scalars(select(StepRow).where(StepRow.audit == row.id)):
        if step.state.finished:
            facts[f"step {step.step}/{step.revision}"] = (
                f"{step.workpaper}, {step.exceptions} exceptions" if step.workpaper else f"not done: {step.reason}"
            )
    for draft in session.scalars(select(DraftRow).where(DraftRow.audit == row.id)):
        facts[f"draft {draft.kind.value}/{draft.version}"] = draft.digest
    _show_reviews(session, row, facts)
    _show_requests(session, row, facts)
    for looked_into in session.scalars(select(InvestigationRow).where(InvestigationRow.audit == row.id)):
        if looked_into.paper:
            facts[f"investigation {looked_into.lead}"] = looked_into.paper
    _show_effects(session, row, facts)
    return facts


def _with_columns(text: str, columns: Data) -> str:
    """A record kept whole, as the columns beside it say it: whoever changes one of the two is noticed."""
    try:
        record = json.loads(text)
    except ValueError:
        return text
    return canonical_json({**record, **columns}).decode() if isinstance(record, dict) else text


def _show_reviews(session: Session, row: AuditRow, facts: Facts) -> None:
    for review in session.scalars(select(ReviewRow).where(ReviewRow.audit == row.id)):
        columns = {"gate": review.gate.value, "round": review.round, "subject": review.subject}
        facts[f"review {review.id}"] = digest_bytes(_with_columns(review.review, columns).encode())
        if review.outcome:
            facts[f"review {review.id} outcome"] = review.outcome.value
    for decision in session.scalars(select(DecisionRow).where(DecisionRow.audit == row.id)):
        columns = {name: getattr(decision, name) for name in ("review", "gate", "person", "verdict", "reason")}
        facts[f"decision {decision.id}"] = _with_columns(decision.decision, columns)
        if decision.answer:
            facts[f"decision {decision.id} answer"] = f"{decision.answer.value}: {decision.message}"
        _show_right(decision, facts)


def _show_right(decision: DecisionRow, facts: Facts) -> None:
    """By what right somebody decided, and what they took back."""
    if decision.on_behalf_of:
        facts[f"decision {decision.id} on behalf of"] = decision.on_behalf_of
    if decision.undid:
        facts[f"decision {decision.id} undid"] = decision.undid
    if decision.answer and decision.standing:
        facts[f"decision {decision.id} standing"] = decision.standing


def _show_requests(session: Session, row: AuditRow, facts: Facts) -> None:
    for request in session.scalars(select(EvidenceRequestRow).where(EvidenceRequestRow.audit == row.id)):
        columns = {"step": request.step, "owner": request.owner}
        facts[f"request {request.id}"] = digest_bytes(_with_columns(request.request, columns).encode())
        if request.outcome:
            facts[f"request {request.id} outcome"] = request.outcome.value
    for reply in session.scalars(select(EvidenceReplyRow).where(EvidenceReplyRow.audit == row.id)):
        columns = {"request": reply.request, "person": reply.person}
        facts[f"reply {reply.id}"] = _with_columns(reply.reply, columns)
        if reply.answer:
            behalf = reply.on_behalf_of or "nobody else"
            facts[f"reply {reply.id} answer"] = f"{reply.answer.value} for {behalf}: {reply.message}"
        if reply.answer and reply.standing:
            facts[f"reply {reply.id} standing"] = reply.standing
        if reply.evidence:
            facts[f"reply {reply.id} evidence"] = reply.evidence


def _show_effects(session: Session, row: AuditRow, facts: Facts) -> None:
    for effect in session.scalars(select(EffectRow).where(EffectRow.audit == row.id)):
        facts[f"effect {effect.kind.value}"] = effect.state.value
    for hold in session.scalars(select(PaymentHoldRow).where(PaymentHoldRow.audit == row.id)):
        content = Hold.model_validate({name: getattr(hold, name) for name in Hold.model_fields})
        facts[f"hold {hold.key}"] = canonical_json(content).decode()
        facts[f"hold {hold.key} state"] = hold.state.value
    for workpaper in session.scalars(select(WorkpaperRow).where(WorkpaperRow.audit == row.id)):
        facts[f"workpaper {workpaper.step}"] = f"{workpaper.digest} {workpaper.state.value}"
    for report in session.scalars(select(ReportRow).where(ReportRow.audit == row.id)):
        facts[f"report {report.version}"] = f"{report.digest} {report.state.value}"
    lease = session.get(BooksLeaseRow, row.id)
    if lease:
        facts["books lease"] = f"{lease.books} {lease.state.value}"


def _review_closed(facts: Facts, data: Data) -> None:
    facts[f"review {data['review']} outcome"] = data["outcome"]


def _findings_counted(facts: Facts, data: Data) -> None:
    facts.pop("findings", None)
    if data["findings"] or data["risk"]:
        facts["findings"] = f"{data['findings']}, {data['risk']}"


def _ended(facts: Facts, data: Data) -> None:
    facts["phase"] = data["phase"]
    if data["reason"]:
        facts["reason"] = data["reason"]
    if data["report"]:
        facts["published report"] = data["report"]
    reviews = [name for name in facts if name.startswith("review ") and not name.endswith(" outcome")]
    for name in reviews:
        facts.setdefault(f"{name} outcome", Outcome.WITHDRAWN.value)


def _decision_received(facts: Facts, data: Data) -> None:
    facts[f"decision {data['id']}"] = canonical_json(data).decode()


def _decision_answered(facts: Facts, data: Data) -> None:
    name = f"decision {data['decision']}"
    facts[f"{name} answer"] = f"{data['answer']}: {data['message']}"
    if data.get("on_behalf_of"):
        facts[f"{name} on behalf of"] = data["on_behalf_of"]
    if data.get("undid"):
        facts[f"{name} undid"] = data["undid"]
    if data.get("standing"):
        facts[f"{name} standing"] = canonical_json(data["standing"]).decode()


def _reply_received(facts: Facts, data: Data) -> None:
    facts[f"reply {data['id']}"] = canonical_json(data).decode()


def _reply_answered(facts: Facts, data: Data) -> None:
    name = f"reply {data['reply']}"
    facts[f"{name} answer"] = f"{data['answer']} for {data['on_behalf_of'] or 'nobody else'}: {data['message']}"
    if data["standing"]:
        facts[f"{name} standing"] = canonical_json(data["standing"]).decode()
    if data["evidence"]:
        facts[f"{name} evidence"] = data["evidence"]


def _hold_reserved(facts: Facts, data: Data) -> None:
    facts[f"hold {data['key']}"] = canonical_json(data).decode()
    facts[f"hold {data['key']} state"] = HoldState.RESERVED.value


def _report_published(facts: Facts, data: Data) -> None:
    facts["published report"] = data["digest"]
    facts[f"report {data['version']}"] = f"{data['draft']} {Publication.PUBLISHED.value}"


def _report_withdrawn(facts: Facts, data: Data) -> None:
    facts.pop("published report", None)
    _report(Publication.WITHDRAWN)(facts, data)


def _set(name: str, value: str) -> Callable[[Facts, Data], None]:
    """Set the fact called `name` to `value`, both with fields of the entry filled in."""

    def tell(facts: Facts, data: Data) -> None:
        facts[name.format_map(data)] = value.format_map(data)

    return tell


def _effect(state: EffectState) -> Callable[[Facts, Data], None]:
    return _set("effect {effect}", state.value)


def _request(outcome: RequestOutcome) -> Callable[[Facts, Data], None]:
    return _set("request {request} outcome", outcome.value)


def _hold(state: HoldState) -> Callable[[Facts, Data], None]:
    return _set("hold {key} state", state.value)


def _workpaper(state: Publication) -> Callable[[Facts, Data], None]:
    return _set("workpaper {step}", "{digest} " + state.value)


def _report(state: Publication) -> Callable[[Facts, Data], None]:
    return _set("report {version}", "{digest} " + state.value)


_TOLD: dict[Event, Callable[[Facts, Data], None]] = {
    Event.REQUESTED: _set("request", "{request}"),
    Event.PHASE: _set("phase", "{phase}"),
    Event.BOOKS_FROZEN: _set("books", "{books}, {rows} rows, {rejected_rows} refused, {currency}"),
    Event.DOCUMENTS_FROZEN: _set("documents", "{documents}, {count}, {rejected} refused"),
    Event.FINDINGS_COUNTED: _findings_counted,
    Event.STEP_DONE: _set("step {step}/{revision}", "{workpaper}, {exceptions} exceptions"),
    Event.STEP_NOT_DONE: _set("step {step}/{revision}", "not done: {not_done}"),
    Event.DRAFT_SAVED: _set("draft {kind}/{version}", "{digest}"),
    Event.INVESTIGATION_PAUSED: _set("investigation {lead}", "{paper}"),
    Event.INVESTIGATION_CONCLUDED: _set("investigation {lead}", "{paper}"),
    Event.REVIEW_OPENED: _set("review {review}", "{digest}"),
    Event.REVIEW_CLOSED: _review_closed,
    Event.DECISION_RECEIVED: _decision_received,
    Event.DECISION_ANSWERED: _decision_answered,
    Event.EVIDENCE_ASKED: _set("request {request}", "{digest}"),
    Event.EVIDENCE_ANSWERED: _request(RequestOutcome.ANSWERED),
    Event.EVIDENCE_EXPIRED: _request(RequestOutcome.EXPIRED),
    Event.EVIDENCE_WITHDRAWN: _request(RequestOutcome.WITHDRAWN),
    Event.REPLY_RECEIVED: _reply_received,
    Event.REPLY_ANSWERED: _reply_answered,
    Event.EFFECT_RESERVED: _effect(EffectState.RESERVED),
    Event.EFFECT_DONE: _effect(EffectState.DONE),
    Event.EFFECT_UNDOING: _effect(EffectState.UNDOING),
    Event.EFFECT_UNDONE: _effect(EffectState.UNDONE),
    Event.EFFECT_STUCK: _effect(EffectState.STUCK),
    Event.BOOKS_LEASED: _set("books lease", "{books} " + Lease.HELD.value),
    Event.BOOKS_RELEASED: _set("books lease", "{books} " + Lease.RELEASED.value),
    Event.HOLD_RESERVED: _hold_reserved,
    Event.HOLD_PLACED: _hold(HoldState.PLACED),
    Event.HOLD_RELEASING: _hold(HoldState.RELEASING),
    Event.HOLD_RELEASED: _hold(HoldState.RELEASED),
    Event.WORKPAPER_PUBLISHED: _workpaper(Publication.PUBLISHED),
    Event.WORKPAPER_WITHDRAWN: _workpaper(Publication.WITHDRAWN),
    Event.REPORT_DRAFTED: _report(Publication.DRAFT),
    Event.REPORT_PUBLISHED: _report_published,
    Event.REPORT_WITHDRAWN: _report_withdrawn,
    Event.ENDED: _ended,
}
