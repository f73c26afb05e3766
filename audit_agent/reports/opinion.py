"""The opinion line: what may be said of the work as a whole, by rule and not by anybody's wording."""

from audit_agent.domain.finding import Severity
from audit_agent.domain.ids import StepId
from audit_agent.domain.wording import counted
from audit_agent.reports.inputs import ReportInputs
from audit_agent.reports.model import Level, Opinion
from audit_agent.reports.parts import NotDone, Scope, StepResult

ASSURANCE = (
    "This is a report of procedures performed on the books named in it. It is not an audit opinion and gives no "
    "other assurance. An exception is a row that a stated test flagged; whether it is an error, fraud or neither is "
    "for people to judge. Had other procedures been performed, other matters might have come to notice."
)

_LINES = {
    Level.ACTION_AND_INCOMPLETE: (
        "Exceptions were noted that need action, and the work could not be completed as planned"
    ),
    Level.ACTION: "Exceptions were noted that need action",
    Level.INCOMPLETE: "The work could not be completed as planned",
    Level.MINOR: "Only exceptions of low severity were noted",
    Level.CLEAR: "No exceptions of consequence came to notice",
}


def form_opinion(
    inputs: ReportInputs, scope: Scope, results: tuple[StepResult, ...], not_done: tuple[NotDone, ...]
) -> Opinion:
    """The opinion line and what it rests on.

    The level follows from two facts: the gravest severity among the findings, and whether a planned step was left
    undone. High or medium severity needs action; low alone is minor; a step left undone makes the work incomplete
    and outweighs "minor" and "clear", because nobody knows what it would have flagged.

    Limitations do not change the level but are announced in the line itself: refused rows, control totals that
    differ, steps that found no row to test, questions nobody answered, exceptions that are neither in a finding nor
    set aside, and findings that no person has approved.
    """
    limitations = (*_book_limits(scope), *_work_limits(inputs, results, not_done))
    level = _level(inputs, not_done)
    ending = ", subject to the limitations stated." if limitations else "."
    return Opinion(
        level=level,
        line=_LINES[level] + ending,
        basis=_basis(inputs, results, not_done),
        limitations=limitations,
        assurance=ASSURANCE,
    )


def _level(inputs: ReportInputs, not_done: tuple[NotDone, ...]) -> Level:
    severities = {finding.severity for finding in inputs.findings.findings}
    action = bool(severities & {Severity.HIGH, Severity.MEDIUM})
    if any(item.kind == "step" for item in not_done):
        return Level.ACTION_AND_INCOMPLETE if action else Level.INCOMPLETE
    if action:
        return Level.ACTION
    return Level.MINOR if severities else Level.CLEAR


def _basis(inputs: ReportInputs, results: tuple[StepResult, ...], not_done: tuple[NotDone, ...]) -> tuple[str, ...]:
    findings = inputs.findings.findings
    steps_left = [item for item in not_done if item.kind == "step"]
    lines = [f"{len(results)} of {counted(len(inputs.plan.steps), 'planned step')} carried out."]
    for severity in Severity:
        if number := sum(finding.severity is severity for finding in findings):
            lines.append(f"{counted(number, 'finding')} of {severity.value} severity.")
    if not findings:
        lines.append("No findings.")
    if aside := len(inputs.findings.dismissed):
        lines.append(f"{aside:,} set aside, with reasons.")
    if steps_left:
        lines.append(f"Not carried out: {', '.join(item.subject for item in steps_left)}.")
    return tuple(lines)


def _book_limits(scope: Scope) -> list[str]:
    lines = []
    if refused := int(scope.rejected.value):
        lines.append(f"{counted(refused, 'row')} of the source files could not be read and {_was(refused)} not tested.")
    if differing := [source.name for source in scope.sources if source.differences]:
        lines.append(f"Control totals of source and imported rows differ: {', '.join(differing)}.")
    return lines


def _work_limits(inputs: ReportInputs, results: tuple[StepResult, ...], not_done: tuple[NotDone, ...]) -> list[str]:
    lines = []
    if empty := [result.step for result in results if not result.population.value]:
        lines.append(f"No row was there to test: {', '.join(empty)}.")
    asked = [(result.step, result.asked) for result in results] + [(item.subject, item.asked) for item in not_done]
    if silent := [step for step, questions in asked if any(one.answered_by is None for one in questions)]:
        lines.append(f"Process owners did not answer what was asked: {', '.join(silent)}.")
    if open_steps := _open_steps(inputs, results):
        lines.append(f"Exceptions are neither in a finding nor set aside: {', '.join(open_steps)}.")
    return lines


def _open_steps(inputs: ReportInputs, results: tuple[StepResult, ...]) -> list[StepId]:
    """Steps whose exceptions nobody has dealt with.

    A dismissal names a step, a procedure, an exception or a finding. A dismissed finding is no longer there to say
    which step it came from, but each comes from one: as many dismissed findings as open steps leave none open.
    """
    in_findings = {finding.step for finding in inputs.findings.findings}
    subjects = [item.subject for item in inputs.findings.dismissed]
    open_steps = [
        result.step
        for result in results
        if result.exception_count.value
        and result.step not in in_findings
        and not any(subject.startswith((result.step, result.procedure)) for subject in subjects)
    ]
    dismissed_findings = sum(subject.startswith("F-") for subject in subjects)
    return [] if dismissed_findings >= len(open_steps) else open_steps


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
