"""Texts and blocks within Slack's limits.

People's words go into `plain` text, which Slack shows as it is; only our own words are mrkdwn, with whatever is put
into them escaped.

Source of the limits: https://docs.slack.dev/reference/block-kit/blocks
"""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from audit_agent.domain.ids import Person
from audit_agent.slack.people import member_of

Block = dict[str, Any]

_GROUP = re.compile(r"group:(S[A-Z0-9]+)")

SECTION_CHARACTERS = 3_000
FIELD_CHARACTERS = 2_000
HEADER_CHARACTERS = 150
LABEL_CHARACTERS = 75
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 12_000
"""Slack answers `msg_blocks_too_long` at about 13,000 characters of JSON."""


def escape(text: str) -> str:
    """Text that cannot become a mention, a link or an entity in mrkdwn."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """The text, shortened to `most` characters as Slack counts them."""
    return text if _length(text) <= most else _shorten(text, most)


def plain(text: str, most: int = SECTION_CHARACTERS) -> dict[str, Any]:
    """A text shown exactly as it is. Slack refuses an empty one."""
    return {"type": "plain_text", "text": cut(text, most) or " ", "emoji": False}


def mrkdwn(text: str, most: int = SECTION_CHARACTERS) -> dict[str, Any]:
    """Our own words with Slack's markup; everything put into them must be escaped before."""
    return {"type": "mrkdwn", "text": cut(text, most) or " ", "verbatim": True}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, HEADER_CHARACTERS)}


def section(text: dict[str, Any], accessory: Block | None = None, below: str = "") -> Block:
    """A paragraph, perhaps with a button beside it, and with people's words below it."""
    words = {"fields": [plain(below, FIELD_CHARACTERS)]} if below else {}
    return {"type": "section", "text": text, **words, **({"accessory": accessory} if accessory else {})}


def fields(*texts: dict[str, Any]) -> Block:
    """Up to ten short texts in two columns."""
    return {"type": "section", "fields": list(texts[:10])}


def field(label: str, value: str) -> dict[str, Any]:
    """One of the short texts: our label and an escaped value."""
    return mrkdwn(f"*{label}*\n{value}", FIELD_CHARACTERS)


def context(*texts: dict[str, Any]) -> Block:
    """Small print."""
    return {"type": "context", "elements": list(texts[:10])}


def button(label: str, action: str, value: str, style: str | None = None) -> Block:
    """A button; `value` (2,000 characters at most) comes back with the click."""
    return {
        "type": "button",
        "text": plain(label, LABEL_CHARACTERS),
        "action_id": action,
        "value": value,
        **({"style": style} if style else {}),
    }


def actions(*buttons: Block) -> Block:
    """A row of up to 25 buttons."""
    return {"type": "actions", "elements": list(buttons[:25])}


def date(instant: datetime) -> str:
    """An instant in mrkdwn, shown in the reader's own time zone."""
    shown = f"{instant:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(instant.timestamp())}^{{date_short_pretty}} {{time}}|{shown}>"


def name(person: Person) -> str:
    """A person in mrkdwn: a mention for members of Slack, else the escaped name."""
    if member := member_of(person):
        return f"<@{member.user}>"
    if group := _GROUP.fullmatch(person):
        return f"<!subteam^{group[1]}>"
    return escape(person)


def names(people: Sequence[Person], most: int = 20) -> str:
    """Several people in mrkdwn."""
    shown = ", ".join(name(person) for person in people[:most])
    return shown + (f" + {len(people) - most} more" if len(people) > most else "")


def fitting(head: Sequence[Block], items: Sequence[Block], foot: Sequence[Block], more: str) -> list[Block]:
    """A message of head, as many of the items as Slack takes, and foot; the rest is `+ N more {more}`."""
    room = MESSAGE_CHARACTERS - size([*head, *foot]) - 300
    places = MESSAGE_BLOCKS - len(head) - len(foot) - 1
    kept: list[Block] = []
    for item in items:
        room -= size([item])
        if len(kept) >= places or room < 0:
            break
        kept.append(item)
    left = len(items) - len(kept)
    rest = [context(plain(f"+ {left} more {more}"))] if left else []
    return [*head, *kept, *rest, *foot]


def size(blocks: Sequence[Block]) -> int:
    """How long blocks are as Slack counts them."""
    return len(json.dumps(list(blocks), ensure_ascii=True))


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _shorten(text: str, most: int) -> str:
    kept = text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept}…"
