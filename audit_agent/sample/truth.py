"""What was seeded into the sample books: irregularities to be found, and look-alikes to be left alone."""

from decimal import Decimal
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator

from audit_agent.domain.errors import BadInputError, NotFoundError
from audit_agent.domain.record import Record

FORMAT = "audit-agent sample books 1"


class TruthMissingError(NotFoundError):
    """There is no truth file where one was looked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no truth file {path}.", "Write sample books first: audit-agent sample DIR.")


class TruthUnreadableError(BadInputError):
    """A truth file is not what `audit-agent sample` writes."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"The truth file {path} cannot be read: {problem}.", "Write the sample books again.")


class Where(Record):
    """How to recognise an item in the books: a canonical table, and fields with the values that belong to it.

    A field may have several values, such as both journals of a duplicate. An exception is about the item when it
    shows at least one of these fields, and shows one of its values in each of them that it shows.
    """

    table: str
    fields: dict[str, tuple[str, ...]]


class TruthItem(Record):
    """One irregularity, or one legitimate look-alike with the reason why it is legitimate."""

    id: str
    procedure: str
    kind: str
    description: str
    where: Where
    amount: Decimal | None = None
    legitimate: bool
    why: str = ""

    @model_validator(mode="after")
    def _explained(self) -> Self:
        if self.legitimate and not self.why:
            raise ValueError(f"{self.id} is a look-alike, but nothing says why it is legitimate")
        return self


class SampleTruth(Record):
    """Everything that was seeded, for one seed."""

    format: str = FORMAT
    seed: int
    company: str
    currency: str
    year: int
    gl_lines: int
    items: tuple[TruthItem, ...]

    @property
    def irregularities(self) -> tuple[TruthItem, ...]:
        """What an audit should find."""
        return tuple(item for item in self.items if not item.legitimate)

    @property
    def look_alikes(self) -> tuple[TruthItem, ...]:
        """What looks wrong and is not."""
        return tuple(item for item in self.items if item.legitimate)


def load_truth(path: Path) -> SampleTruth:
    """Read a truth file. Raises TruthMissingError or TruthUnreadableError."""
    try:
        return SampleTruth.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise TruthMissingError(path) from error
    except OSError as error:
        raise TruthUnreadableError(path, error.strerror or str(error)) from error
    except ValidationError as error:
        raise TruthUnreadableError(path, str(error.errors()[0]["msg"])) from error
