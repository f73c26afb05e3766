"""`audit-agent report`: the report of an audit as a file, rendered from the signed blob."""

import os
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from audit_agent.cli.arguments import AuditArgument
from audit_agent.domain.errors import BadInputError


class ReportFormat(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    MARKDOWN = "md"
    JSON = "json"


class FileExistsAlreadyError(BadInputError):
    """A file is in the way, and nobody said to replace it."""


class NotWrittenError(BadInputError):
    """The file cannot be written where it was asked for."""


def report(
    audit: AuditArgument,
    form: Annotated[ReportFormat, typer.Option("--format", help="html, md or json.")] = ReportFormat.HTML,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; `-` for standard output.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write the published report of an audit, by default to ID.FORMAT in this folder."""
    from audit_agent.cli.store import open_audit
    from audit_agent.settings import load_settings
    from audit_agent.store.publications import Publications

    settings = load_settings()
    with open_audit(settings, audit) as (database, known):
        digest = Publications(database).report(known)

    from audit_agent.reports.model import AuditReport
    from audit_agent.reports.render import render
    from audit_agent.store.evidence import FolderEvidence

    content = FolderEvidence(settings.evidence_folder).read(digest)
    rendered = render(AuditReport.model_validate_json(content), form.value)
    if output == "-":
        sys.stdout.buffer.write(rendered)
        sys.stdout.buffer.flush()
        return
    file = Path(output or f"{audit}.{form.value}")
    write_whole(file, rendered, replace=force)
    typer.echo(file)


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
