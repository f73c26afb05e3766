"""`audit-agent sample`: the sample company's books."""

from pathlib import Path
from typing import Annotated

import typer


def sample(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, or an earlier sample.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same books.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write a sample company's books for one year, with irregularities to find and look-alikes to leave alone."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.sample.publish import publish_sample
    from audit_agent.sample.writer import BOOKS, TRUTH

    truth = publish_sample(directory, seed)
    books = directory / BOOKS
    if as_json:
        print_json(
            {
                "books": str(books),
                "truth": str(directory / TRUTH),
                "seed": truth.seed,
                "gl_lines": truth.gl_lines,
                "irregularities": len(truth.irregularities),
                "look_alikes": len(truth.look_alikes),
            }
        )
        return
    out = console()
    out.print(f"{truth.company}, {truth.year}: {truth.gl_lines:,} general ledger lines in {books}")
    out.print(
        f"{len(truth.irregularities)} irregularities and {len(truth.look_alikes)} legitimate look-alikes are seeded; "
        f"{directory / TRUTH} tells which. The audit never reads it."
    )
    out.print(f"Next: audit-agent start --books {books} --program general --wait")
