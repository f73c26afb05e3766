"""Requests in plain words on the terminal: understood by rules, and shown as understood."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from audit_agent.domain.asked import Asked
    from audit_agent.domain.period import Period


def understood(text: str, program: str | None, folder: Path | None) -> "Asked":
    """What rules make of a request, among all programmes or for the one that was named."""
    from audit_agent.programs import all_programs, find_program
    from audit_agent.programs.asking import understand

    programs = {program: find_program(program, folder)} if program else all_programs(folder)
    return understand(text, programs, datetime.now().astimezone().date())


def print_asked(out: "Console", asked: "Asked", period: "Period | None") -> None:
    """The programme, the period, and what is asked of the plan."""
    out.print(f"Programme: {asked.program}. Period: {period or 'everything in the books'}.")
    for instruction in asked.instructions:
        out.print(f"  {instruction}")
    for words in asked.unread:
        out.print(f"  Not understood: {words}", style="yellow")
