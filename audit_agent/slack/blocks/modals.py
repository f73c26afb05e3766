"""Modals: asking for a reason, starting an audit, cancelling one, and paging through details."""

from collections.abc import Sequence
from typing import Any

from audit_agent.domain.policy import Gate
from audit_agent.domain.review import Review, Verdict
from audit_agent.slack.blocks.text import (
    SECTION_CHARACTERS,
    Block,
    actions,
    button,
    context,
    cut,
    escape,
    mrkdwn,
    plain,
    section,
)
from audit_agent.slack.contents import Asked, Page
from audit_agent.slack.names import Action, Modal
from audit_agent.slack.subjects import Item

View = dict[str, Any]
TITLE_CHARACTERS = 24
INPUT_CHARACTERS = 3_000
MOST_OPTIONS = 100
ITEMS_A_PAGE = 15
"""With these, and ITEM_CHARACTERS each, a page stays below what Slack takes in one view."""
ITEM_CHARACTERS = 1_500

REASON, SET_ASIDE = "reason", "set_aside"
PROGRAM, BOOKS, PERIOD, DOCUMENTS, BUDGET, CHANNEL = "program", "books", "period", "documents", "budget", "channel"

_TITLES = {
    Verdict.REJECT: "Reject",
    Verdict.REQUEST_CHANGES: "Request changes",
    Verdict.APPROVE: "Approve",
    Verdict.UNDO: "Undo",
}
_QUESTIONS = {
    Verdict.REJECT: "Why is it rejected?",
    Verdict.REQUEST_CHANGES: "What should change?",
    Verdict.APPROVE: "Why is it approved?",
    Verdict.UNDO: "Why is it taken back?",
}


def reason_modal(review: Review, asked: Asked, items: Sequence[Item]) -> View:
    """Asks why. Findings can be set aside one by one: the others stand."""
    blocks = [context(mrkdwn(f"{escape(review.audit)}, the {review.gate.value}, `{review.subject[:8]}`"))]
    refs = [item for item in items if item.ref]
    single = asked.verdict is Verdict.REQUEST_CHANGES and review.gate is Gate.FINDINGS and bool(refs)
    if single:
        blocks.append(_set_aside(refs[:MOST_OPTIONS]))
    blocks.append(text_input(REASON, _QUESTIONS[asked.verdict], multiline=True, hint=_hint(review.gate, asked.verdict)))
    return form(Modal.REASON, _TITLES[asked.verdict], "Send", blocks, asked.model_dump_json())


def cancel_modal(audit: str, channel: str) -> View:
    """Asks why an audit is cancelled."""
    blocks = [
        section(mrkdwn(f"*{escape(audit)}* ends, and what it did is undone, newest first.")),
        text_input(REASON, "Why is it cancelled?", multiline=True),
    ]
    return form(Modal.CANCEL, "Cancel an audit", "Cancel the audit", blocks, f"{audit} {channel}")


def start_modal(programs: Sequence[tuple[str, str]], books: Sequence[str], channel: str) -> View:
    """Asks what to audit. `programs` are ids with titles, `books` what lies in the books folder."""
    options = [_option(title, id_) for id_, title in programs[:MOST_OPTIONS]]
    choice = {"type": "static_select", "action_id": PROGRAM, "options": options, "initial_option": options[0]}
    some = ", ".join(books[:10]) + (f" and {len(books) - 10} more" if len(books) > 10 else "")
    blocks: list[Block] = [
        {
            "type": "input",
            "block_id": PROGRAM,
            "label": plain("Programme"),
            "element": choice,
        },
        text_input(BOOKS, "Books: a file or folder in the books folder", hint=f"There: {some or 'nothing'}"),
        text_input(PERIOD, "Period", optional=True, hint="2025, 2025-Q3, 2025-10 or 2025-01-01..2025-06-30"),
        text_input(DOCUMENTS, "Documents: a folder in the books folder", optional=True),
        text_input(BUDGET, "Budget for model calls, in US dollars", optional=True, hint="5 or 2.50"),
        {
            "type": "input",
            "block_id": CHANNEL,
            "label": plain("Channel that follows the audit"),
            "element": {
                "type": "conversations_select",
                "action_id": CHANNEL,
                "default_to_current_conversation": True,
                "filter": {"include": ["public", "private"], "exclude_bot_users": True},
            },
        },
    ]
    return form(Modal.START, "Start an audit", "Start", blocks, channel)


def details_modal(review: Review, items: Sequence[Item], page: Page) -> View:
    """One page of everything there is to decide on."""
    parts = [part for item in items for part in _parts(item)]
    pages = max(1, -(-len(parts) // ITEMS_A_PAGE))
    number = min(max(page.number, 0), pages - 1)
    shown = parts[number * ITEMS_A_PAGE : (number + 1) * ITEMS_A_PAGE]
    head = mrkdwn(
        f"{escape(review.audit)}, the {review.gate.value}, `{review.subject[:8]}`: page {number + 1} of {pages}"
    )
    turns = []
    if number > 0:
        turns.append(button("Back", Action.DETAILS_PAGE_BACK, _to(page, number - 1)))
    if number < pages - 1:
        turns.append(button("On", Action.DETAILS_PAGE_ON, _to(page, number + 1)))
    blocks = [context(head), *(section(plain(part)) for part in shown), *([actions(*turns)] if turns else [])]
    return showing_modal(Modal.DETAILS, "Details", blocks)


def showing_modal(callback: Modal, title: str, blocks: Sequence[Block]) -> View:
    """A modal that only shows something."""
    return {"type": "modal", "callback_id": callback, "title": plain(title, TITLE_CHARACTERS), "blocks": list(blocks)}


def value_of(view: dict[str, Any], block: str) -> str:
    """What was written into or chosen in an input of a submitted modal; empty when nothing was."""
    element = view.get("state", {}).get("values", {}).get(block, {}).get(block, {})
    chosen = element.get("selected_option") or {}
    found = element.get("value") or element.get("selected_conversation") or chosen.get("value") or ""
    return found.strip() if isinstance(found, str) else ""


def values_of(view: dict[str, Any], block: str) -> list[str]:
    """What was chosen in an input that takes several choices."""
    element = view.get("state", {}).get("values", {}).get(block, {}).get(block, {})
    options = element.get("selected_options") or []
    return [str(option.get("value")) for option in options if isinstance(option, dict)]


def file_of(view: dict[str, Any], block: str) -> str:
    """The id of the file given in an input of a submitted modal; empty when none was."""
    files = view.get("state", {}).get("values", {}).get(block, {}).get(block, {}).get("files") or []
    found = files[0].get("id") if isinstance(files, list) and files and isinstance(files[0], dict) else ""
    return found if isinstance(found, str) else ""


def _to(page: Page, number: int) -> str:
    return page.model_copy(update={"number": number}).model_dump_json()


def _parts(item: Item) -> list[str]:
    """An item in pieces of which Slack takes one each."""
    text = f"{item.title}\n{item.text}".strip()
    return [text[start : start + ITEM_CHARACTERS] for start in range(0, len(text), ITEM_CHARACTERS)] or [" "]


def form(callback: Modal, title: str, submit: str, blocks: Sequence[Block], private: str) -> View:
    """A modal that can be submitted; `private` comes back with it."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, TITLE_CHARACTERS),
        "submit": plain(submit, TITLE_CHARACTERS),
        "close": plain("Leave it", TITLE_CHARACTERS),
        "private_metadata": cut(private, SECTION_CHARACTERS),
        "blocks": list(blocks),
    }


def text_input(name: str, label: str, *, multiline: bool = False, optional: bool = False, hint: str = "") -> Block:
    """An input that takes text; `name` is how `value_of` finds it."""
    element = {"type": "plain_text_input", "action_id": name, "multiline": multiline, "max_length": INPUT_CHARACTERS}
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2_000),
        "element": element,
        "optional": optional,
        **({"hint": plain(hint, 2_000)} if hint else {}),
    }


def _set_aside(items: Sequence[Item]) -> Block:
    return {
        "type": "input",
        "block_id": SET_ASIDE,
        "optional": True,
        "label": plain("Findings to set aside; the others stand"),
        "element": {
            "type": "multi_static_select",
            "action_id": SET_ASIDE,
            "options": [_option(item.title, item.ref) for item in items],
        },
    }


def _option(text: str, value: str) -> Block:
    return {"text": plain(text, 75), "value": cut(value, 150)}


def _hint(gate: Gate, verdict: Verdict) -> str:
    if verdict is not Verdict.REQUEST_CHANGES:
        return ""
    return {
        Gate.PLAN: "For example: remove JE-05: batch jobs only; ask user:omar in JE-06: Who posts at night?",
        Gate.BUDGET: "“raise to 50” to be shown that amount; anything else finishes without a model",
        Gate.FINDINGS: "For example: F-01 severity low",
    }.get(gate, "")
