"""Who is at the terminal."""

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person


class NoNameError(BadInputError):
    """Nobody can be held to a decision without a name."""


def as_person(name: str) -> Person:
    """A name as given on a terminal or in a policy file: `anna` is `user:anna`, `user:anna` stays.

    Raises NoNameError for an empty name.
    """
    written = name.strip()
    if not written or written.endswith(":"):
        raise NoNameError(
            "There is no name to sign with.",
            "Set AUDIT_AGENT_USER, or give --as NAME.",
        )
    return Person(written if ":" in written else f"user:{written}")
