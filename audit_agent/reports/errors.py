"""What can be wrong with a report."""

from collections.abc import Sequence

from audit_agent.domain.errors import BadInputError, NotFoundError


class IncompleteReportError(BadInputError):
    """The parts of a report do not belong together; a report that hides a gap is never written."""

    def __init__(self, audit: str, problems: Sequence[str]) -> None:
        super().__init__(
            f"The report of {audit} cannot be written: {' '.join(problems)}",
            "Every step needs a workpaper or a reason why there is none. Look at the audit's status and its log.",
        )


class UnknownFormatError(BadInputError):
    """No renderer has that name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"There is no report format {name!r}.", f"Choose one of: {', '.join(known)}.")


class UnknownFigureError(NotFoundError):
    """A REF that no figure of the report carries."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"The report has no figure {ref!r}.",
            "REFs look like S03.exceptions.count, S03-E00012.amount or F-01.amount; the JSON report lists them all.",
        )
