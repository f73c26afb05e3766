"""The opinion line: what may be said of the work as a whole, by rule and not by anybody's wording."""

from audit_agent.domain.finding import Severity
from audit_agent.reports.inputs import ReportInputs
from audit_agent.reports.model import Level, NotDone, Opinion, Scope, StepResult
from audit_agent.reports.wording import counted

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
    differ, steps that found no row to test, exceptions that are neither in a finding nor set aside, and findings
    that no person has approved.
    """
    limitations = (*_book_limits(scope), *_work_limits(inputs, results))
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


def _work_limits(inputs: ReportInputs, results: tuple[StepResult, ...]) -> list[str]:
    lines = []
    if empty := [result.step for result in results if not result.population.value]:
        lines.append(f"No row was there to test: {', '.join(empty)}.")
    if open_steps := [result.step for result in results if _is_open(inputs, result)]:
        lines.append(f"Exceptions are neither in a finding nor set aside: {', '.join(open_steps)}.")
    return lines


def _is_open(inputs: ReportInputs, result: StepResult) -> bool:
    """Whether a step flagged something that nobody has dealt with as a whole or in part."""
    if not result.exception_count.value:
        return False
    in_finding = any(finding.step == result.step for finding in inputs.findings.findings)
    names = (result.step, result.procedure)
    dismissed = any(item.subject.startswith(names) for item in inputs.findings.dismissed)
    return not in_finding and not dismissed


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
