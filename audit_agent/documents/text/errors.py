"""Why a document gave no text. Each becomes an outcome of that document, never the failure of an audit."""

from audit_agent.documents.text.model import Outcome, Picture
from audit_agent.domain.errors import BadInputError


class UnreadableDocumentError(BadInputError):
    """A document has no text that can be had; `outcome` is what is recorded."""

    outcome = Outcome.DAMAGED
    pictures: tuple[Picture, ...] = ()
    pages: int = 0


class DamagedDocumentError(UnreadableDocumentError):
    """The bytes are cut short, corrupt or not what they are said to be."""


class EncryptedDocumentError(UnreadableDocumentError):
    """A password is needed."""

    outcome = Outcome.ENCRYPTED


class DocumentTooLargeError(UnreadableDocumentError):
    """Reading it would take more than the limits allow."""

    outcome = Outcome.TOO_LARGE


class UnsupportedDocumentError(UnreadableDocumentError):
    """Nothing here reads this kind."""

    outcome = Outcome.UNSUPPORTED


class ModelNeededError(UnreadableDocumentError):
    """There is nothing but pictures; it carries the first of them and the number of all."""

    outcome = Outcome.NEEDS_MODEL

    def __init__(self, message: str, pictures: tuple[Picture, ...], pages: int = 1) -> None:
        super().__init__(message, "Set ANTHROPIC_API_KEY, so that the model looks at it.")
        self.pictures = pictures
        self.pages = pages
