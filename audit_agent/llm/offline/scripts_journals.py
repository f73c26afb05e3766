"""Scripts for journals: at odd times, by rare people, to rare accounts, and entered twice."""

from datetime import date, timedelta

from audit_agent.domain.investigation_paper import ResultRow, ToolCall
from audit_agent.domain.investigation_tools import RELATED, USER
from audit_agent.domain.workpaper import ExceptionItem
from audit_agent.llm.contexts import InvestigationContext
from audit_agent.llm.offline.scripts import Outcome, Script, Seen, confirmed, explained, rows, seen, unclear

_SYSTEM = ("system account", "batch", "interface", "service account")
_CLOSING = ("head of accounting", "controller", "chief accountant", "finance director", "period-end")
_LEDGER = ("accountant", "accounting", "controller", "bookkeep")
_YEARLY = ("dividend", "income tax", "audit fee", "appropriation", "retained earnings")
_RECURS = 6
"""Months with the same amount that make it a recurring one."""
_NEW = timedelta(days=60)
"""From joining to the first entry of somebody new."""


def _time_calls(context: InvestigationContext, item: ExceptionItem) -> list[ToolCall]:
    return [_user(item), _journal(item)]


def _odd_time(context: InvestigationContext, item: ExceptionItem) -> Outcome:
    user, journal = seen(context, _user(item)), seen(context, _journal(item))
    listed = _row(user, "User_Listing:")
    if listed is None or not journal.ref:
        return unclear(
            f"{item.ref}: the listing of users does not say who the preparer is.", item.ref, *journal.citations[:1]
        )
    cited = (item.ref, user.ref, listed.cite, *journal.citations)
    who = _role(listed)
    if _has(who, _SYSTEM):
        return explained(f"{item.ref}: a system account enters by schedule; nobody sits there.", *cited)
    if _has(who, _CLOSING) and _closes_month(item) and _approved_by_another(journal):
        return explained(
            f"{item.ref}: whoever closes the month entered it on the month's last days, and somebody else approved it.",
            *cited,
        )
    return confirmed(
        f"{item.ref}: entered by a person outside working hours, with no month to be closed that would call for it.",
        *cited,
    )


def _user_calls(context: InvestigationContext, item: ExceptionItem) -> list[ToolCall]:
    return [_user(item)]


def _rare_user(context: InvestigationContext, item: ExceptionItem) -> Outcome:
    user = seen(context, _user(item))
    listed, entered = _row(user, "User_Listing:"), [row for row in user.rows if row.values.get("what") == "entered"]
    if listed is None:
        return unclear(f"{item.ref}: the user is not in the user listing.", item.ref, *user.citations)
    cited = (item.ref, user.ref, listed.cite)
    if listed.values.get("Active_Status", "").casefold() == "inactive":
        return confirmed(f"{item.ref}: the account belongs to somebody who had left.", *cited)
    if not _has(_role(listed), _LEDGER):
        return confirmed(f"{item.ref}: entering journals is no part of the user's work.", *cited)
    since, first = _day(listed.values.get("Active_Modified_Date")), _first(entered)
    if since and first and since <= first <= since + _NEW:
        return explained(
            f"{item.ref}: an accountant who joined shortly before the first entry; few entries are to be expected.",
            *cited,
        )
    return unclear(f"{item.ref}: an accountant with few entries, for no reason the books tell.", *cited)


def _account_calls(context: InvestigationContext, item: ExceptionItem) -> list[ToolCall]:
    account = item.facts.get("GL_Account_Number", "")
    calls = [rows("GL_Detail", GL_Account_Number=account)]
    if "Chart_Of_Accounts" in context.tables:
        calls.append(rows("Chart_Of_Accounts", GL_Account_Number=account))
    return calls


def _rare_account(context: InvestigationContext, item: ExceptionItem) -> Outcome:
    found = [seen(context, call) for call in _account_calls(context, item)]
    cited = (item.ref, *(citation for one in found for citation in one.citations))
    named = " ".join(row.values.get("GL_Account_Name", "") for one in found for row in one.rows).casefold()
    if not named.strip():
        return unclear(f"{item.ref}: the chart of accounts does not name the account.", *cited)
    by_hand = any(row.values.get("Source", "").casefold().startswith("man") for row in found[0].rows)
    if _has(named, _YEARLY) and not by_hand:
        return explained(f"{item.ref}: an account that is used once a year by its nature.", *cited)
    if by_hand:
        return confirmed(f"{item.ref}: entered by hand on an account that nothing else uses.", *cited)
    return unclear(f"{item.ref}: an automatic entry on an account that nothing else uses.", *cited)


def _twice_calls(context: InvestigationContext, item: ExceptionItem) -> list[ToolCall]:
    return [_same_entry(item)]


def _entered_twice(context: InvestigationContext, item: ExceptionItem) -> Outcome:
    found = seen(context, _same_entry(item))
    cited = (item.ref, *found.citations)
    entries = {row.values["Journal_ID"] for row in found.rows if "Journal_ID" in row.values}
    undone = {row.values["Reversal_Journal_ID"] for row in found.rows if row.values.get("Reversal_Journal_ID")}
    if undone & entries:
        return explained(f"{item.ref}: one of the entries was reversed; what remains stands once.", *cited)
    if len({row.values.get("Effective_Date", "")[:7] for row in found.rows}) >= _RECURS:
        return unclear(
            f"{item.ref}: the amount recurs on this account month after month; the ledger does not tell whether one "
            "entry is too many.",
            *cited,
        )
    return confirmed(f"{item.ref}: none of the entries was reversed.", *cited)


def _same_entry(item: ExceptionItem) -> ToolCall:
    """Both sides of the amount on the account and day: a reversal is the same amount on the other side."""
    facts = item.facts
    amount = facts.get("Amount", "").lstrip("-")
    return rows(
        "GL_Detail",
        GL_Account_Number=facts.get("GL_Account_Number", ""),
        Amount=amount,
        Entered_By=facts.get("Entered_By", ""),
    )


def _user(item: ExceptionItem) -> ToolCall:
    return ToolCall(tool=USER, arguments={"user": item.facts.get("Entered_By", "")})


def _journal(item: ExceptionItem) -> ToolCall:
    return ToolCall(tool=RELATED, arguments={"column": "Journal_ID", "value": item.facts.get("Journal_ID", "")})


def _row(found: Seen, table: str) -> ResultRow | None:
    return next((row for row in found.rows if row.cite.startswith(table)), None)


def _role(listed: ResultRow) -> str:
    return " ".join(listed.values.get(name, "") for name in ("Title", "Department", "Role_Responsibility")).casefold()


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _closes_month(item: ExceptionItem) -> bool:
    """Whether it was entered on a month's last day or the days beside it."""
    day = _day(item.facts.get("Entered_Date"))
    return day is not None and any((day + timedelta(days=by)).month != day.month for by in (-1, 1, 2))


def _approved_by_another(journal: Seen) -> bool:
    lines = [row.values for row in journal.rows if row.cite.startswith("GL_Detail:")]
    return bool(lines) and all(
        line.get("Approved_By") and line.get("Approved_By") != line.get("Entered_By") for line in lines
    )


def _first(entered: list[ResultRow]) -> date | None:
    days = [day for row in entered if (day := _day(row.values.get("first"))) is not None]
    return min(days, default=None)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


SCRIPTS = {
    "JE-05": Script("Who entered it, when the month was closed, and who approved it.", _time_calls, _odd_time),
    "JE-06": Script("Who entered it, when the month was closed, and who approved it.", _time_calls, _odd_time),
    "JE-09": Script("A reversal of one of the entries.", _twice_calls, _entered_twice),
    "JE-10": Script("Who the user is, since when, and with which work.", _user_calls, _rare_user),
    "JE-11": Script("What the account is for, and what else is on it.", _account_calls, _rare_account),
}
