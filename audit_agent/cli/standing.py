"""Where one audit stands, in full, for `status` and at the end of `watch`."""

from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.text import Text

from audit_agent.cli.investigations import print_investigations
from audit_agent.cli.printing import moment, phase_style, span, table
from audit_agent.cli.requests import print_request
from audit_agent.domain.budget import Budget
from audit_agent.domain.documents import RunState
from audit_agent.domain.record import short
from audit_agent.domain.spend import in_dollars
from audit_agent.domain.wording import counted
from audit_agent.store.document_progress import DocumentsProgress
from audit_agent.store.reading import AuditStatus, ReviewStatus
from audit_agent.store.words import EffectState, StepState

STEP_STYLE = {
    StepState.DONE: "green",
    StepState.RUNNING: "cyan",
    StepState.FAILED: "yellow",
    StepState.NOT_DONE: "red",
    StepState.PENDING: "dim",
}


def print_standing(out: Console, status: AuditStatus) -> None:
    """Print the audit, its steps, its reviews and what it did."""
    _print_head(out, status)
    if status.steps:
        _print_steps(out, status)
    for progress in status.reading:
        out.print(documents_line(progress, ended=status.audit.phase.ended))
    print_investigations(out, status.investigations)
    for request in status.requests:
        print_request(out, request)
    for review in status.reviews:
        _print_review(out, review)
    for decision in status.undelivered:
        who, what = decision.decision.person, decision.decision.verdict.value
        out.print(f"On its way: {what} of the {decision.decision.gate.value} by {who}", style="yellow")
    _print_effects(out, status)
    print_what_next(out, status)


def print_what_next(out: Console, status: AuditStatus) -> None:
    """Print the command that makes sense next, if there is one."""
    audit = status.audit
    if audit.waiting_review is not None:
        out.print(f"To decide: audit-agent reviews {audit.id} --full", style="cyan")
    elif audit.report is not None:
        out.print(f"To read the report: audit-agent report {audit.id}", style="cyan")
    elif any(effect.state is EffectState.STUCK for effect in status.effects):
        out.print(f"To try again: audit-agent compensations {audit.id} --retry", style="cyan")


def documents_line(progress: DocumentsProgress, ended: bool) -> str:
    """How far a step has come with its documents; an audit that has ended reads no more."""
    state = "stopped" if ended and progress.state is not RunState.CLOSED else progress.state.value
    parts = [f"{progress.done:,} of {progress.total:,} documents", f"{progress.failed:,} failed"]
    if progress.batched_since is not None:
        calls, batches = counted(progress.batched_calls, "call"), counted(progress.batches, "batch", "batches")
        parts.append(f"{calls} in {batches} since {moment(progress.batched_since)}")
    if progress.a_minute and not ended:
        parts.append(f"{progress.a_minute:,} a minute")
    if progress.seconds_left is not None and not ended:
        parts.append(f"{span(timedelta(seconds=progress.seconds_left))} left")
    if progress.spent is None:
        parts.append("spend not known")
    elif progress.spent:
        parts.append(f"USD {progress.spent:.2f} spent")
    return f"{progress.step} {state}: {', '.join(parts)}"


def trying_again(status: AuditStatus) -> str:
    """What failed, when, and is being tried again; empty when nothing is."""
    audit = status.audit
    if not audit.trouble or audit.trouble_at is None:
        return ""
    return f"Trying again: {audit.trouble} ({moment(audit.trouble_at)})"


def _print_head(out: Console, status: AuditStatus) -> None:
    audit = status.audit
    head = Text(f"{audit.id}  {audit.title}  ", style="bold")
    out.print(head.append(audit.phase.value, style=phase_style(audit.phase)))
    if told := audit.reason or audit.detail:
        out.print(f"  {told}")
    if trouble := trying_again(status):
        out.print(f"  {trouble}", style="yellow")
    period = audit.period or "all of the books"
    out.print(f"  Asked by {audit.requester} on {moment(audit.started_at)}; period: {period}", style="dim")
    if audit.schedule is not None and audit.scheduled_at is not None:
        out.print(f"  Made by the schedule {audit.schedule} for {moment(audit.scheduled_at)}", style="dim")
    out.print(f"  Books: {status.books_path}", style="dim")
    if status.books is not None:
        refused = f", {status.books_rejected_rows:,} refused" if status.books_rejected_rows else ""
        out.print(f"  Frozen as {short(status.books)}: {counted(status.books_rows or 0, 'row')}{refused}", style="dim")
    if status.documents is not None:
        refused = f", {status.documents_rejected:,} refused" if status.documents_rejected else ""
        count = counted(status.documents_count or 0, "document")
        out.print(f"  Documents frozen as {short(status.documents)}: {count}{refused}", style="dim")
    if status.budget is not None:
        _print_budget(out, status.budget)
    if audit.ended_at is not None:
        out.print(f"  Ended {moment(audit.ended_at)}, after {span(audit.ended_at - audit.started_at)}", style="dim")


def _print_budget(out: Console, budget: Budget) -> None:
    used = f"{in_dollars(budget.spent)} of {in_dollars(budget.limit)}"
    style = "yellow" if budget.warned_at else "dim"
    out.print(f"  Model calls have cost {used}.", style=style)


def _print_steps(out: Console, status: AuditStatus) -> None:
    lines = table("Step", "Procedure", "What is done", "State", "Exceptions", "Seconds")
    for step in status.steps:
        state = Text(step.state.value, style=STEP_STYLE[step.state])
        if step.reason:
            state.append(f": {step.reason}")
        seconds = "" if step.seconds is None else f"{step.seconds:.1f}"
        exceptions = str(step.exceptions) if step.state is StepState.DONE else ""
        lines.add_row(step.step, step.procedure, step.title, state, exceptions, seconds)
    out.print(lines)


def _print_review(out: Console, status: ReviewStatus) -> None:
    review = status.review
    told = status.outcome.value if status.outcome else f"waits for {', '.join(status.waits_for)}"
    out.print(f"{review.gate.value}, round {review.round}, digest {short(review.subject)}: {told}")
    if status.outcome is None:
        left = span(status.expires_at - datetime.now(UTC))
        out.print(f"  Ends undecided in {left}; reminded {counted(status.reminders, 'time')}.", style="dim")
    for entry in status.decisions:
        decision = entry.decision
        answer = entry.answer.value if entry.answer else "on its way"
        reason = f": {decision.reason}" if decision.reason else ""
        who = f"{decision.person} for {entry.on_behalf_of}" if entry.on_behalf_of else decision.person
        out.print(f"  {moment(decision.made_at)} {who} {decision.verdict.value} ({answer}){reason}")


def _print_effects(out: Console, status: AuditStatus) -> None:
    for effect in status.effects:
        told = effect.error or effect.detail
        style = "red" if effect.state is EffectState.STUCK else "dim"
        out.print(f"{effect.kind.value}: {effect.state.value}{f' ({told})' if told else ''}", style=style)
