"""What can go wrong between us and a model. Nothing is retried here: Temporal owns retries."""

from datetime import timedelta

from audit_agent.domain.errors import AuditAgentError, BadInputError, RefusedError


class ModelRetryableError(AuditAgentError):
    """Trying again later can help."""

    def __init__(self, message: str, advice: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(message, advice)
        self.retry_after = retry_after
        """How long the service asks us to wait, where it says so."""


class ModelBusyError(ModelRetryableError):
    """The model service has no room for us at the moment (429, 529), or another process makes this very call."""


class ModelUnavailableError(ModelRetryableError):
    """The model service failed or could not be reached (5xx, reset, time-out)."""


class ModelKeyRejectedError(RefusedError):
    """The model service does not accept the API key (401, 403)."""


class ModelRequestRefusedError(BadInputError):
    """The model service does not accept the request as it is (400 and other 4xx)."""


class ModelRefusedError(RefusedError):
    """The model declined to answer."""


class ModelAnswerCutError(BadInputError):
    """The answer ended before it was complete."""


class ModelAnswerInvalidError(BadInputError):
    """The answer does not have the form that was asked for, also after one repair."""


class BudgetReachedError(RefusedError):
    """The audit's budget does not allow the call. Nothing was sent; answers in the ledger are there all the same."""


class PlanNotValidError(BadInputError):
    """The drafted plan cannot be carried out, also after one repair."""


class PromptNotUsableError(BadInputError):
    """A prompt template is missing, broken, or asks for a value that is not given."""


class PricesNotReadableError(BadInputError):
    """The price list cannot be read."""
