"""Whatever people write, Slack takes what we make of it, and shows it as it was written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit_agent.domain.ids import AuditId, DecisionId, Person, review_id
from audit_agent.domain.money import Money
from audit_agent.domain.policy import Gate, GatePolicy
from audit_agent.domain.record import digest_of
from audit_agent.domain.review import Answer, Decision, Outcome, Review, Verdict
from audit_agent.slack.blocks.modals import details_modal, reason_modal, start_modal
from audit_agent.slack.blocks.review import review_message, review_text
from audit_agent.slack.blocks.text import cut, escape
from audit_agent.slack.contents import Asked, Page, Shown
from audit_agent.slack.names import Action
from audit_agent.slack.rehearsal.limits import message_error, view_error
from audit_agent.slack.subjects import Item
from audit_agent.store.reading import DecisionStatus, ReviewStatus
from audit_agent.store.words import Delivery
from tests.peers.slack_server import buttons_in

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
AUDIT = AuditId("AUD-2026-0001")
ODD = st.text(max_size=80) | st.sampled_from(["<!channel>", "*bold* & <https://x|y>", "<@U0ANNA>", "\u202e", "😀" * 40])
LONG = st.text(min_size=1, max_size=20).map(lambda text: text * 400)
ITEMS = st.lists(st.builds(Item, ODD | LONG, ODD | LONG, ODD), max_size=120)


def review(gate: Gate, title: str = "Plan", highlights: tuple[str, ...] = (), **rules: Any) -> Review:
    return Review(
        id=review_id(AUDIT, gate, 1),
        audit=AUDIT,
        gate=gate,
        round=1,
        subject=digest_of(title),
        title=title,
        highlights=highlights,
        requester=Person("slack:T1/U1"),
        policy=GatePolicy(**rules),
        opened_at=NOW,
    )


def status(of: Review, *decisions: DecisionStatus, outcome: Outcome | None = None) -> ReviewStatus:
    return ReviewStatus(
        review=of, expires_at=of.expires_at, reminders=0, escalated_at=None, outcome=outcome,
        closed_at=NOW if outcome else None, decisions=decisions,
    )  # fmt: skip


def said(of: Review, verdict: Verdict, reason: str = "", **about: Any) -> DecisionStatus:
    decision = Decision(
        id=DecisionId(f"{verdict}-{reason[:5]}"), review=of.id, audit=of.audit, gate=of.gate, subject=of.subject,
        person=Person("slack:T1/U2"), verdict=verdict, reason=reason, surface="slack", made_at=NOW,
    )  # fmt: skip
    about = {"answer": Answer.RECORDED, **about}
    return DecisionStatus(
        decision=decision, delivery=Delivery.DELIVERED, message="", received_at=NOW, answered_at=NOW, **about
    )


def mrkdwn_in(blocks: Any) -> list[str]:
    """Every mrkdwn text in blocks."""
    if isinstance(blocks, list):
        return [text for block in blocks for text in mrkdwn_in(block)]
    if not isinstance(blocks, dict):
        return []
    own = [blocks["text"]] if blocks.get("type") == "mrkdwn" else []
    return own + [text for value in blocks.values() for text in mrkdwn_in(value)]


@given(gate=st.sampled_from(list(Gate)), title=ODD, lines=st.lists(ODD | LONG, max_size=20), items=ITEMS, reason=LONG)
def test_a_review_of_anything_is_a_message_slack_takes(
    gate: Gate, title: str, lines: list[str], items: list[Item], reason: str
) -> None:
    asked = review(gate, title, tuple(lines))
    for shown in (status(asked), status(asked, *[said(asked, Verdict.REJECT, reason)] * 12, outcome=Outcome.REJECTED)):
        blocks = review_message(shown, items)
        assert message_error(blocks, review_text(shown)) is None
        for mrkdwn in mrkdwn_in(blocks):
            assert "<!channel>" not in mrkdwn
            assert "<@U0ANNA>" not in mrkdwn


@given(gate=st.sampled_from(list(Gate)), items=ITEMS, page=st.integers(-3, 300))
def test_details_and_reasons_of_anything_are_views_slack_takes(gate: Gate, items: list[Item], page: int) -> None:
    asked = review(gate)
    shown = Shown.of(asked)
    assert view_error(details_modal(asked, items, Page(shown=shown, number=page))) is None
    for verdict in (Verdict.REJECT, Verdict.REQUEST_CHANGES):
        assert view_error(reason_modal(asked, Asked(shown=shown, verdict=verdict, channel="C1"), items)) is None


def test_details_show_everything_once_however_much_there_is() -> None:
    asked = review(Gate.FINDINGS)
    items = [
        Item(f"F-{number:04d}", f"finding {number} " * (400 if number % 100 == 0 else 1)) for number in range(2000)
    ]
    shown = Shown.of(asked)
    told, page = "", Page(shown=shown, number=0)
    while True:
        view = details_modal(asked, items, page)
        assert view_error(view) is None
        told += "".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")
        turns = [turn for block in view["blocks"] if block["type"] == "actions" for turn in block["elements"]]
        on = [turn["value"] for turn in turns if turn["action_id"] == Action.DETAILS_PAGE_ON]
        if not on:
            break
        page = Page.model_validate_json(on[0])

    assert told == "".join(f"{item.title}\n{item.text}".strip() for item in items)
    assert page.number > 100


@given(
    programs=st.lists(st.tuples(st.text(min_size=1, max_size=50), ODD), min_size=1, max_size=150),
    books=st.lists(ODD, max_size=50),
)
def test_the_start_modal_takes_any_programmes_and_books(programs: list[tuple[str, str]], books: list[str]) -> None:
    assert view_error(start_modal(programs, books, "C1")) is None


@given(text=st.text(max_size=200), most=st.integers(1, 100))
def test_a_text_is_cut_to_what_slack_counts(text: str, most: int) -> None:
    assert len(cut(text, most).encode("utf-16-le")) <= 2 * most


@given(st.text())
def test_escaped_text_has_no_control_characters_of_mrkdwn(text: str) -> None:
    assert not set("<>") & set(escape(text))


def test_an_open_review_has_buttons_and_a_decided_one_has_none() -> None:
    asked = review(Gate.PLAN)
    assert buttons_in(review_message(status(asked), ())) == {
        Action.APPROVE, Action.REQUEST_CHANGES, Action.REJECT, Action.DETAILS,
    }  # fmt: skip
    assert buttons_in(review_message(status(asked, outcome=Outcome.APPROVED), ())) == set()


def test_what_can_still_be_undone_has_the_way_back_only() -> None:
    asked = review(Gate.PLAN)
    approved = said(asked, Verdict.APPROVE, outcome=Outcome.APPROVED, undo_until=NOW + timedelta(seconds=60))
    assert buttons_in(review_message(status(asked, approved), ())) == {Action.UNDO, Action.DETAILS}
    undone = said(asked, Verdict.UNDO, undid=approved.id)
    assert Action.APPROVE in buttons_in(review_message(status(asked, approved, undone), ()))


def test_a_policy_that_wants_reasons_for_approvals_asks_for_one() -> None:
    asked = review(Gate.PLAN, approval_needs_reason=True)
    assert Action.APPROVE_WITH_REASON in buttons_in(review_message(status(asked), ()))


def test_more_than_fits_is_said_to_be_more() -> None:
    asked = review(Gate.PLAN)
    items = [Item(f"S{number:02d} step", "", f"S{number:02d}") for number in range(500)]
    assert "+ 492 more: see Details" in str(review_message(status(asked), items))


def test_the_buttons_of_the_budget_gate_say_what_each_does() -> None:
    asked = review(Gate.BUDGET).model_copy(update={"amounts": (Money(amount=Decimal(40), currency="USD"),)})

    *_, buttons = review_message(status(asked), ())

    labels = [button["text"]["text"] for button in buttons["elements"]]

    assert labels == ["Raise to 40.00 USD", "Other amount, or finish without", "Stop the audit", "Details"]
