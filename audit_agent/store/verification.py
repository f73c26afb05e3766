"""What a verification finds: everything fits, or the first thing that does not."""

from audit_agent.domain.ids import AuditId
from audit_agent.domain.record import Digest, Record


class Misfit(Record):
    """Something that is not what it must be."""

    what: str
    where: str
    expected: str
    found: str


class Verification(Record):
    """The result of recomputing everything an audit rests on."""

    audit: AuditId
    entries: int
    """Entries of the log that fit, up to the misfit if there is one."""
    facts: int
    """Rows of the projection that say what the log says."""
    blobs: int
    """Evidence blobs whose bytes have their digest."""
    log_head: Digest
    """Hash of the last entry. A copy kept elsewhere also shows a log rewritten as a whole."""
    misfit: Misfit | None = None

    @property
    def fits(self) -> bool:
        """Whether everything is what it must be."""
        return self.misfit is None


class MisfitFoundError(Exception):
    """Ends a verification at the first misfit; never leaves `store.verify`."""

    def __init__(self, what: str, where: str, expected: str, found: str) -> None:
        super().__init__(what)
        self.misfit = Misfit(what=what, where=where, expected=expected, found=found)
