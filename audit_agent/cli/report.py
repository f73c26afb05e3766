"""`audit-agent report`: the report of an audit as a file, rendered from the signed blob."""

import os
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit_agent.cli.arguments import AuditArgument
from audit_agent.domain.errors import BadInputError

if TYPE_CHECKING:
    from audit_agent.domain.evidence import Evidence
    from audit_agent.domain.ids import AuditId
    from audit_agent.settings import Settings
    from audit_agent.store.database import Database


class ReportFormat(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    MARKDOWN = "md"
    JSON = "json"


class FileExistsAlreadyError(BadInputError):
    """A file is in the way, and nobody said to replace it."""


class NotWrittenError(BadInputError):
    """The file cannot be written where it was asked for."""


class NoPublicAddressError(BadInputError):
    """Nobody said where people reach the web process."""


def report(
    audit: AuditArgument,
    form: Annotated[ReportFormat, typer.Option("--format", help="html, md or json.")] = ReportFormat.HTML,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; `-` for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    link: Annotated[bool, typer.Option("--link", help="Print a signed link to it instead, made for you.")] = False,
) -> None:
    """Write the published report of an audit, by default to ID.FORMAT in this folder."""
    from audit_agent.cli.store import open_audit
    from audit_agent.handoff.report_files import report_file
    from audit_agent.settings import load_settings
    from audit_agent.store.evidence import FolderEvidence
    from audit_agent.store.publications import Publications

    settings = load_settings()
    evidence = FolderEvidence(settings.evidence_folder)
    with open_audit(settings, audit) as (database, known):
        if link:
            typer.echo(_link(settings, database, evidence, known, form.value))
            return
        digest = Publications(database).report(known)
    rendered = report_file(evidence, known, digest, form.value).content
    if output == "-":
        sys.stdout.buffer.write(rendered)
        sys.stdout.buffer.flush()
        return
    file = Path(output or f"{audit}.{form.value}")
    write_whole(file, rendered, replace=force)
    typer.echo(file)


def _link(settings: "Settings", database: "Database", evidence: "Evidence", audit: "AuditId", form: str) -> str:
    from datetime import UTC, datetime

    from audit_agent.handoff.identity import as_person
    from audit_agent.linking import report_links

    links = report_links(settings, database, evidence)
    if links is None:
        raise NoPublicAddressError(
            "No link can be made: it is not known where `audit-agent web` is reached.", "Set AUDIT_AGENT_PUBLIC_URL."
        )
    return links.issue(audit, form, as_person(settings.user), datetime.now(UTC))


def write_whole(file: Path, content: bytes, *, replace: bool) -> None:
    """Write a file so that it is never half there; a device or a pipe is written into, never replaced.

    Raises FileExistsAlreadyError when it is there and not to be replaced, NotWrittenError when that cannot be done.
    """
    if file.exists() and not replace:
        raise FileExistsAlreadyError(f"{file} exists already.", "Give another name with -o, or add --force.")
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
            return
        temporary.write_bytes(content)
        temporary.replace(file)
    except OSError as error:
        # Where writing failed, removing what was begun may fail for the same reason; the first failure is told.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        advice = "Give a place that can be written with -o."
        raise NotWrittenError(f"{file} cannot be written: {error.strerror or error}.", advice) from error
