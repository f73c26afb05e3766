"""An audit while it runs: phases and steps, drawn live on a terminal, told in lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from audit_agent.cli.printing import phase_style, table
from audit_agent.cli.standing import STEP_STYLE, documents_line, trying_again
from audit_agent.domain.audit import Phase
from audit_agent.domain.documents import RunState
from audit_agent.domain.ids import StepId
from audit_agent.domain.wording import counted
from audit_agent.store.reading import AuditStatus
from audit_agent.store.words import StepState

_REDRAWS_PER_SECOND = 8


class ProgressView(Protocol):
    """Shows one audit, status after status."""

    def show(self, status: AuditStatus) -> None:
        """Show where the audit stands."""
        ...

    def pause(self) -> None:
        """Leave the screen to somebody else, until the next `show`."""
        ...


@contextmanager
def progress_on(out: Console) -> Iterator[ProgressView]:
    """A live picture on a terminal, lines elsewhere."""
    if not out.is_terminal or out.quiet:
        yield Lines(out)
        return
    picture = Picture(out)
    try:
        yield picture
    finally:
        picture.pause()


class Lines:
    """Tells each change once, a line each."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._phase: tuple[Phase, str] | None = None
        self._told: dict[StepId, StepState] = {}
        self._reading: dict[StepId, tuple[RunState, int]] = {}
        self._trouble = ""

    def show(self, status: AuditStatus) -> None:
        """Print what changed since the last time."""
        for step in status.steps:
            if self._told.get(step.step) is not step.state and step.state is not StepState.PENDING:
                self._told[step.step] = step.state
                if step.state is not StepState.RUNNING:
                    told = step.reason or counted(step.exceptions, "exception")
                    self._out.print(f"  {step.step} {step.procedure} {step.title}: {step.state.value}, {told}")
        for progress in status.reading:
            # Once for every tenth of them: lines stay, and a large set would fill the terminal.
            stage = (progress.state, progress.done * 10 // max(progress.total, 1))
            if self._reading.get(progress.step) != stage:
                self._reading[progress.step] = stage
                self._out.print(f"  {documents_line(progress, ended=status.audit.phase.ended)}")
        entered = status.audit.phase, status.audit.detail
        if entered != self._phase:
            self._phase = entered
            detail = status.audit.reason or status.audit.detail
            self._out.print(f"{status.audit.id} {status.audit.phase.value}{f': {detail}' if detail else ''}")
        trouble = trying_again(status)
        if trouble != self._trouble:
            self._trouble = trouble
            if trouble:
                self._out.print(f"  {trouble}")

    def pause(self) -> None:
        """Nothing is held."""


class Picture:
    """Draws the audit in place."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._live: Live | None = None
        # One spinner for good: a new one each time would never turn.
        self._spinner = Spinner("dots")

    def show(self, status: AuditStatus) -> None:
        """Redraw."""
        if self._live is None:
            self._live = Live(console=self._out, refresh_per_second=_REDRAWS_PER_SECOND)
            self._live.start()
        self._live.update(self._picture(status))

    def pause(self) -> None:
        """Leave the last picture standing and give the cursor back."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _picture(self, status: AuditStatus) -> RenderableType:
        audit = status.audit
        text = Text(f"{audit.id} ", style="bold").append(audit.phase.value, style=phase_style(audit.phase))
        if told := audit.reason or audit.detail:
            text.append(f"  {told}", style="dim")
        self._spinner.update(text=text)
        parts: list[RenderableType] = [text if audit.phase.ended or audit.waiting_review else self._spinner]
        if status.steps:
            parts += [_steps(status), _bar(status)]
        parts += [Text(documents_line(progress, ended=audit.phase.ended)) for progress in status.reading]
        if trouble := trying_again(status):
            parts.append(Text(trouble, style="yellow"))
        return Group(*parts)


def _steps(status: AuditStatus) -> Table:
    lines = table("Step", "Procedure", "What is done", "State", "Exceptions")
    for step in status.steps:
        state = Text(step.state.value, style=STEP_STYLE[step.state])
        exceptions = str(step.exceptions) if step.state is StepState.DONE else ""
        lines.add_row(step.step, step.procedure, step.title, state, exceptions)
    return lines


def _bar(status: AuditStatus) -> Progress:
    audit = status.audit
    bar = Progress(TextColumn("Steps"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    told = f"{counted(audit.exceptions, 'exception')}, {counted(audit.findings, 'finding')}"
    bar.add_task("", total=audit.steps_total, completed=audit.steps_done + audit.steps_not_done, told=told)
    return bar
