"""The sections of a policy file: a gate takes from `every_gate` what it does not say, a tier from its gate."""

from datetime import time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.policy import ANYONE
from audit_agent.handoff.durations import parse_duration
from audit_agent.handoff.identity import as_person
from audit_agent.handoff.places import check_country, check_time_zone

Fields = dict[str, Any]

_DURATIONS = ("remind_every", "escalate_after", "expire_after", "undo_window", "after")
_PEOPLE = ("eligible", "escalate_to", "people")
_AS_A_WHOLE = (("eligible", "roles", "user_groups"), ("escalate_after", "escalate_to", "escalation"))
"""Who names one of these says all of it anew: a tier for directors must not keep the gate's people."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Sections:
    """Reads the sections of one file, and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def rules(self, where: str, content: Any, inherited: Fields) -> Fields:
        """The rules of a section over those it inherits; its tiers say only what they change, until `resolved`."""
        own = self._rules(where, content)
        if own.get("tiers") is not None:
            named = self._list(f"{where}.tiers", own["tiers"])
            own["tiers"] = [self._tier(f"{where}.tiers.{number}", tier) for number, tier in enumerate(named)]
        return _merged(inherited, own)

    def duration(self, where: str, value: Any) -> timedelta | None:
        """A duration, or None and a problem."""
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.problems.append(f"{where}: {error}")
            return None

    def _rules(self, where: str, content: Any) -> Fields:
        if content is None:
            return {}
        if not isinstance(content, dict):
            self.problems.append(f"{where}: must be a list of rules such as `quorum: 2`")
            return {}
        fields = dict(content)
        for name in _DURATIONS:
            if fields.get(name) is not None:
                fields[name] = self.duration(f"{where}.{name}", fields[name])
        for name in _PEOPLE:
            if isinstance(fields.get(name), list):
                fields[name] = tuple(_person(item) for item in fields[name])
        if fields.get("escalation") is not None:
            levels = self._list(f"{where}.escalation", fields["escalation"])
            fields["escalation"] = tuple(
                self._rules(f"{where}.escalation.{number}", level) for number, level in enumerate(levels)
            )
        if fields.get("business_hours") is not None:
            fields["business_hours"] = self._business_hours(f"{where}.business_hours", fields["business_hours"])
        return fields

    def _tier(self, where: str, content: Any) -> Fields:
        own = self._rules(where, content)
        start, currency = own.pop("from", None), own.pop("currency", None)
        return {"from_amount": self._amount(where, start), "currency": currency, "rules": own}

    def _amount(self, where: str, value: Any) -> Decimal | None:
        try:
            # As text, so that 0.1 in the file is a tenth and not the float next to it.
            return Decimal(str(value))
        except InvalidOperation:
            self.problems.append(f"{where}.from: {value!r} is no amount; write 10000 or 2500.50")
            return None

    def _business_hours(self, where: str, content: Any) -> Any:
        if not isinstance(content, dict):
            self.problems.append(f"{where}: must name a time_zone such as Europe/Berlin")
            return None
        fields = dict(content)
        self._check_place(where, fields)
        if "hours" in fields:
            fields |= self._hours(where, str(fields.pop("hours")))
        if "days" in fields:
            fields["days"] = self._days(where, fields["days"])
        return fields

    def _check_place(self, where: str, fields: Fields) -> None:
        for name, check in (("time_zone", check_time_zone), ("country", check_country)):
            if name == "country" and not fields.get(name):
                continue
            try:
                check(str(fields.get(name)))
            except BadInputError as error:
                self.problems.append(f"{where}.{name}: {error.message}")

    def _hours(self, where: str, text: str) -> Fields:
        opens, _, closes = (part.strip().zfill(5) for part in text.partition("-"))
        try:
            return {"opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)}
        except ValueError:
            self.problems.append(f"{where}.hours: {text!r} are no hours; write 09:00-17:00")
            return {}

    def _days(self, where: str, names: Any) -> tuple[int, ...] | None:
        known = [str(name).lower()[:3] for name in self._list(f"{where}.days", names)]
        if unknown := [name for name in known if name not in _DAYS]:
            self.problems.append(f"{where}.days: {', '.join(unknown)}: write {', '.join(_DAYS)}")
            return None
        return tuple(_DAYS.index(name) + 1 for name in known)

    def _list(self, where: str, content: Any) -> list[Any]:
        if isinstance(content, list):
            return content
        self.problems.append(f"{where}: must be a list")
        return []


def resolved(fields: Fields) -> Fields:
    """A gate's policy: each tier has the gate's rules where it does not say otherwise."""
    base = {name: value for name, value in fields.items() if name != "tiers"}
    tiers = fields.get("tiers") or ()
    return base | {"tiers": tuple(tier | {"rules": _merged(base, tier["rules"])} for tier in tiers)}


def _merged(inherited: Fields, own: Fields) -> Fields:
    kept = dict(inherited)
    for trio in _AS_A_WHOLE:
        if any(name in own for name in trio):
            for name in trio:
                kept.pop(name, None)
    return kept | own


def _person(name: Any) -> Any:
    return as_person(name) if isinstance(name, str) and name != ANYONE else name
