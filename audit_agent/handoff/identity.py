"""Who is at the terminal."""

from audit_agent.domain.errors import BadInputError
from audit_agent.domain.ids import Person

LONGEST_NAME = 100


class NoNameError(BadInputError):
    """Nobody can be held to a decision without a name."""


def as_person(name: str) -> Person:
    """A name as given on a terminal or in a policy file: `anna` is `user:anna`, `user:anna` stays.

    Raises NoNameError for an empty name, and for one that cannot stand in one line of a list: it could pass for
    another line, or for somebody else.
    """
    written = name.strip()
    if not written or written.endswith(":"):
        raise NoNameError(
            "There is no name to sign with.",
            "Set AUDIT_AGENT_USER, or give --as NAME.",
        )
    if not written.isprintable() or len(written) > LONGEST_NAME:
        raise NoNameError(
            f"The name {written[:LONGEST_NAME]!r} cannot be signed with.",
            f"Use at most {LONGEST_NAME} printable characters, such as `anna`.",
        )
    return Person(written if ":" in written else f"user:{written}")
