"""Requests in plain words, read by rules: which programme and period, and what the plan is asked for."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from audit_agent.domain.asked import Asked
from audit_agent.domain.errors import BadInputError
from audit_agent.domain.program import Program
from audit_agent.domain.record import Record
from audit_agent.programs.asking.periods import period_said

_LONGEST = 4_000
_AMOUNT = re.compile(
    r"\b(?:over|above|exceeding|beyond|from|of at least|at least|larger than|greater than|more than|>)\s*"
    r"(?:[a-z]{3}\s*|[$€£]\s*)?(?P<number>\d[\d,.']*)\s*(?P<scale>k\b|thousand\b|m\b|million\b)?(?:\s*(?:eur|usd|gbp|chf)\b)?"
)
_NIGHT = re.compile(r"\b(?:after|from|past)\s+(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>am|pm)?\b(?!\s*%)")
_CLOSE = re.compile(
    r"\b(?:within\s+|the\s+)?(?:last\s+)?(?P<days>\d{1,2})\s+days?\s+(?:of|before|from|around)\s+(?:the\s+)?"
    r"(?:close|(?:month|period|quarter|year)[- ]end)"
)
_SENTENCE = re.compile(r"[.;:!?]+(?!\d)")
_WORD = re.compile(r"[a-z][a-z'&-]+|\d+")
_SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_STANDARDS = re.compile(r"\b(?:isa|as|ias|ifrs|coso|sox|gtag|iia)\b[\s-]*\d*(?:\.\d+)?")


class RequestNotReadableError(BadInputError):
    """A request is empty, or far too long."""


class Topic(Record):
    """Words, and the procedures that test what they speak of."""

    words: str
    procedures: tuple[str, ...]


class Vocabulary(Record):
    """The file beside this one."""

    markers: dict[str, str]
    programs: dict[str, tuple[str, ...]]
    topics: tuple[Topic, ...]
    amounts: dict[str, str]
    neutral: str


class _Part(NamedTuple):
    """A piece of a request that is meant in one way: `test`, `look_hard`, `leave_out` or `only`."""

    meant: str
    text: str


class _Read(NamedTuple):
    """What a part speaks of, and the words that are left."""

    meant: str
    procedures: tuple[str, ...]
    parameters: dict[str, dict[str, str]]
    rest: str


@cache
def vocabulary() -> Vocabulary:
    """The words that rules know."""
    return Vocabulary.model_validate(
        yaml.safe_load(Path(__file__).with_name("vocabulary.yaml").read_text(encoding="utf-8"))
    )


def understand(text: str, programs: Mapping[str, Program], today: date) -> Asked:
    """What rules make of a request, with the programme of `programs` that fits it best.

    Without a programme's words that is the one that has most of the procedures spoken of, else `general`. Raises
    RequestNotReadableError.
    """
    if not text.strip() or len(text) > _LONGEST:
        raise RequestNotReadableError(
            f"A request has 1 to {_LONGEST:,} letters; this one has {len(text.strip()):,}.",
            "Say in a few sentences what is to be tested.",
        )
    sentences = re.sub(r"\s*\n\s*\n\s*", ". ", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    plain = " ".join(sentences.split())
    said = period_said(plain, today)
    if said is not None:
        plain = f"{plain[: said.begin]} {plain[said.end :]}"
    read = [_read(part) for part in _parts(plain)]
    name = _best(plain, read, programs)
    return Asked(
        text=text.strip(),
        program=name,
        period=said and said.period,
        instructions=tuple(_instructions(read, programs[name])),
        unread=tuple(_unread(read, programs[name])),
    )


def _parts(text: str) -> Iterator[_Part]:
    """The sentences, each divided where a marker begins."""
    marker = re.compile("|".join(f"(?P<{name}>\\b(?:{words})\\b)" for name, words in vocabulary().markers.items()))
    for sentence in _SENTENCE.split(text):
        meant, begin = "test", 0
        for match in marker.finditer(sentence):
            yield _Part(meant, sentence[begin : match.start()])
            meant, begin = str(match.lastgroup), match.end()
        yield _Part(meant, sentence[begin:])


def _read(part: _Part) -> _Read:
    rest = part.text
    procedures: list[str] = []
    parameters: dict[str, dict[str, str]] = {}
    for pattern, procedure, read in ((_NIGHT, "JE-06", _night), (_CLOSE, "JE-12", _close)):
        if match := pattern.search(rest):
            procedures.append(procedure)
            parameters[procedure] = read(match)
            rest = _without(rest, match)
    for topic in vocabulary().topics:
        if match := re.search(rf"(?:\b|(?<=\W))(?:{topic.words})(?:\b|(?=\W)|$)", rest):
            procedures += topic.procedures
            rest = _without(rest, match)
    if match := _AMOUNT.search(rest):
        amount = _amount(match)
        named = {one: name for one, name in vocabulary().amounts.items() if one in procedures}
        if amount is not None and named:
            for procedure, name in named.items():
                parameters.setdefault(procedure, {})[name] = f"{amount:f}"
            rest = _without(rest, match)
    return _Read(part.meant, tuple(dict.fromkeys(procedures)), parameters, rest)


def _best(text: str, read: list[_Read], programs: Mapping[str, Program]) -> str:
    wanted = {one for part in read if part.meant != "leave_out" for one in part.procedures}

    def fit(name: str) -> tuple[int, int, bool, int]:
        covered = len(wanted & {entry.id for entry in programs[name].procedures})
        words = sum(1 for words in vocabulary().programs.get(name, ()) if re.search(rf"\b(?:{words})\b", text))
        # Where several fit alike, the one that was made for it is meant, and of those the shortest.
        return 2 * covered + 3 * min(words, 2), covered, name != "general", -len(programs[name].procedures)

    best = max(sorted(programs), key=fit)
    return best if fit(best)[0] or "general" not in programs else "general"


def _instructions(read: list[_Read], program: Program) -> Iterator[str]:
    """In the order of the programme's procedures: what is left out, then parameters, then what is looked into."""
    known = [entry.id for entry in program.procedures]
    only = {one for part in read if part.meant == "only" for one in part.procedures}
    out = {one for part in read if part.meant == "leave_out" for one in part.procedures}
    hard = {one for part in read if part.meant == "look_hard" for one in part.procedures}
    for procedure in known:
        if procedure in out:
            yield f"remove {procedure}: the request leaves it out"
        elif only and procedure not in only | hard:
            yield f"remove {procedure}: the request asks for others only"
    for part in read:
        for procedure, values in part.parameters.items():
            if procedure in known and procedure not in out:
                yield from (f"{procedure} {name}={value}" for name, value in values.items())
    yield from (f"investigate {procedure}" for procedure in known if procedure in hard - out)


def _unread(read: list[_Read], program: Program) -> Iterator[str]:
    known = {entry.id for entry in program.procedures}
    spoken = dict.fromkeys(one for part in read if part.meant != "leave_out" for one in part.procedures)
    missing = [one for one in spoken if one not in known]
    # Words like "manual entries" stand for several procedures; one of them in the programme is enough.
    if missing and not set(spoken) & known:
        yield f"{', '.join(missing)} (not in the programme {program.id})"
    named = "|".join(words for several in vocabulary().programs.values() for words in several)
    neutral = set(vocabulary().neutral.split())
    for part in read:
        rest = _STANDARDS.sub(" ", re.sub(rf"\b(?:{named})\b", " ", part.rest))
        words = [word for word in _WORD.findall(rest) if word not in neutral]
        if words:
            yield " ".join(words)


def _night(match: re.Match[str]) -> dict[str, str]:
    hour = int(match["hour"]) % 12 + 12 if match["half"] == "pm" else int(match["hour"])
    return {"night_start": f"{hour:02d}:{match['minute'] or '00'}"} if hour < 24 else {}


def _close(match: re.Match[str]) -> dict[str, str]:
    return {"close_days": match["days"]}


def _amount(match: re.Match[str]) -> Decimal | None:
    digits = match["number"].rstrip(".,'").replace(",", "").replace("'", "")
    try:
        return Decimal(digits) * _SCALES.get(match["scale"] or "", 1)
    except InvalidOperation:
        return None


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
