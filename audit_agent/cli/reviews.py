"""`audit-agent reviews`: what waits for a decision, and all of it with `--full`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from audit_agent.domain.policy import GatePolicy
    from audit_agent.domain.review import Review
    from audit_agent.settings import Settings
    from audit_agent.store.database import Database


def reviews(
    audit: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only this audit.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Print all of what is to be decided on.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reviews as JSON.")] = False,
) -> None:
    """Show what waits for a decision, until when, and who may decide."""
    from audit_agent.cli.store import is_fresh, open_audit, open_database
    from audit_agent.settings import load_settings
    from audit_agent.store.reviews import Reviews

    settings = load_settings()
    if audit is not None:
        with open_audit(settings, audit) as (database, known):
            _show(settings, database, Reviews(database).open_reviews(known), full, as_json)
    else:
        with open_database(settings) as database:
            waiting = () if is_fresh(database) else Reviews(database).open_reviews()
            _show(settings, database, waiting, full, as_json)


def _show(settings: "Settings", database: "Database", waiting: "tuple[Review, ...]", full: bool, as_json: bool) -> None:
    from audit_agent.cli.printing import console, print_json

    if as_json:
        print_json([_as_data(review) for review in waiting])
        return
    out = console()
    if not waiting:
        out.print("Nothing waits for a decision.")
    for review in waiting:
        print_review(out, review)
        if full:
            print_in_full(out, settings, database, review)


def print_review(out: "Console", review: "Review") -> None:
    """What a reviewer must know at a glance, and the command that approves exactly this."""
    from audit_agent.cli.printing import moment, span
    from audit_agent.domain.record import short

    left = review.expires_at - datetime.now(UTC)
    digest = short(review.subject)
    out.print(f"{review.audit}  {review.gate.value}, round {review.round}, digest {digest}", style="bold")
    out.print(f"  {review.title}")
    for line in review.highlights:
        out.print(f"  - {line}")
    out.print(f"  Open since {moment(review.opened_at)}; ends undecided in {span(left)}.", style="dim")
    out.print(f"  {who_may_decide(review.policy)}", style="dim")
    out.print(f"  audit-agent approve {review.audit} {review.gate.value} --digest {digest}", style="cyan")
    for line in other_words(review):
        out.print(f"  {line}", style="cyan")


def other_words(review: "Review") -> "Iterator[str]":
    """The other commands of a gate at which they do something of its own."""
    from audit_agent.domain.policy import Gate

    if review.gate is Gate.BUDGET:
        command = f"audit-agent request-changes {review.audit} budget --reason"
        yield f'{command} "raise to 50"   shows that amount for approval'
        yield f'{command} "REASON"        finishes without a model'
        yield f'audit-agent reject {review.audit} budget --reason "REASON"   stops the audit and undoes what it did'


def print_in_full(out: "Console", settings: "Settings", database: "Database", review: "Review") -> None:
    """All of what is to be decided on, from the evidence itself; of a plan, what changed since the round before."""
    from audit_agent.cli.subjects import print_subject
    from audit_agent.domain.ids import review_id
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.reviews import Reviews

    previous = None
    if review.round > 1:
        before = review_id(review.audit, review.gate.value, review.round - 1)
        previous = Reviews(database).review(before).subject
    print_subject(out, FolderEvidence(settings.evidence_folder), review.gate, review.subject, previous)


def who_may_decide(policy: "GatePolicy") -> str:
    """The policy of a gate in a sentence."""
    from audit_agent.domain.policy import ANYONE

    people = "Anyone" if ANYONE in policy.eligible else ", ".join(policy.circle(0).addressees())
    own = "" if policy.requester_may_approve else "; the requester may not approve"
    return f"{people} may decide{own}. Approvals needed: {policy.quorum}."


def _as_data(review: "Review") -> dict[str, object]:
    return {**review.model_dump(mode="json"), "expires_at": review.expires_at}
