"""Links to published reports: signed, expiring, each for one format of one report and for one person or channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from itsdangerous import BadData, URLSafeSerializer
from pydantic import AwareDatetime, ValidationError

from audit_agent.domain.errors import NotFoundError, RefusedError
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import AuditId, Person
from audit_agent.domain.record import Digest, Record
from audit_agent.handoff.report_files import ReportFile, report_file
from audit_agent.store.audit_log import append
from audit_agent.store.database import Database
from audit_agent.store.publications import Publications
from audit_agent.store.words import Event

PATH = "/reports"
_PURPOSE = "audit-agent report link 1"
"""Tokens signed with the same keys for another purpose are no links."""


class ForgedLinkError(RefusedError):
    """The link was not made here, or not all of it arrived."""


class ExpiredLinkError(RefusedError):
    """The link was good for some days, which are over."""


class SupersededLinkError(RefusedError):
    """The report the link names is not the audit's published report any more."""


class _Link(Record):
    """What a link is bound to. It is signed, not hidden."""

    audit: AuditId
    report: Digest
    form: str
    recipient: Person
    until: AwareDatetime


class ReportLinks:
    """Issues links and honours them."""

    def __init__(
        self, database: Database, evidence: Evidence, address: str, keys: Sequence[str], lasts: timedelta
    ) -> None:
        """Take where the web process is reached from outside, and the keys, the newest first: it signs, all verify."""
        self._publications = Publications(database)
        self._database = database
        self._evidence = evidence
        self._address = address.rstrip("/")
        self._lasts = lasts
        signing = {"key_derivation": "hmac", "digest_method": sha256}
        self._serializer = URLSafeSerializer(list(reversed(keys)), salt=_PURPOSE, signer_kwargs=signing)

    def issue(self, audit: AuditId, form: str, recipient: Person, at: datetime) -> str:
        """A link to the published report, for a person or `channel:TEAM/ID`; raises NotFoundError, UnknownFormatError.

        Whoever has the link can read the report until it expires; the log tells to whom it was given.
        """
        # Formats bring templates with them, which nothing else here needs.
        from audit_agent.reports.render import must_be_known

        must_be_known(form)
        report = self._publications.report(audit)
        link = _Link(audit=audit, report=report, form=form, recipient=recipient, until=self.expires_at(at))
        return f"{self._address}{PATH}/{self._serializer.dumps(link.model_dump(mode='json'))}"

    def expires_at(self, at: datetime) -> datetime:
        """Until when a link issued then is good."""
        return (at + self._lasts).replace(microsecond=0)

    def open(self, token: str, at: datetime, *, read: bool = True) -> ReportFile:
        """The report a link's last part names, checked anew, and noted in the audit log unless nobody gets to read it.

        Raises ForgedLinkError, ExpiredLinkError, SupersededLinkError, and what the store and the evidence raise.
        """
        link = self._read(token)
        if link.until <= at:
            raise ExpiredLinkError("This link has expired.", "Ask for another one where you got it.")
        if self._published(link.audit) != link.report:
            raise SupersededLinkError(
                "The report this link leads to was withdrawn or replaced.", "Ask for the report as it is today."
            )
        file = report_file(self._evidence, link.audit, link.report, link.form)
        if read:
            self._note(link, at)
        return file

    def _read(self, token: str) -> _Link:
        try:
            return _Link.model_validate(self._serializer.loads(token))
        except (BadData, ValidationError) as error:
            raise ForgedLinkError(
                "This is no link of this Audit Agent, or a part of it is missing.", "Copy the whole link, or ask again."
            ) from error

    def _published(self, audit: AuditId) -> Digest | None:
        try:
            return self._publications.report(audit)
        except NotFoundError:
            return None

    def _note(self, link: _Link, at: datetime) -> None:
        data = {"digest": link.report, "form": link.form}
        key = f"report/opened/{at.isoformat()}/{link.form}/{link.recipient}"
        with self._database.write() as session:
            append(session, link.audit, key, link.recipient, Event.REPORT_OPENED, data, at)
