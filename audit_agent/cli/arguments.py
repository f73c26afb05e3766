"""Arguments that several commands take."""

from typing import Annotated

import typer

AuditArgument = Annotated[str, typer.Argument(metavar="ID", help="The audit, like AUD-2026-0007.")]
