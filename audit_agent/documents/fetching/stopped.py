"""Why a fetch ends without a document."""

from datetime import timedelta

from audit_agent.domain.documents import NotFetched, Problem


class StoppedError(Exception):
    """Ends one fetch with an outcome that is recorded; it never leaves the fetchers."""

    def __init__(
        self, problem: Problem, detail: str, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(detail)
        self._problem = problem
        self._detail = detail
        self._status = status
        self._retry_after = retry_after

    def outcome(self, source: str) -> NotFetched:
        """The outcome, for what was looked for last."""
        return NotFetched(
            problem=self._problem,
            detail=self._detail,
            status=self._status,
            retry_after=self._retry_after,
            source=source,
        )
