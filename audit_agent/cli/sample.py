"""`audit-agent sample`: the sample company's books and documents."""

from pathlib import Path
from typing import Annotated

import typer


def sample(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, or an earlier sample.")],
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same books.")] = 7,
    documents: Annotated[
        bool, typer.Option(help="Also write 200 documents that support the books: PDF, HTML and UBL.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write a sample company's books for one year, with irregularities to find and look-alikes to leave alone."""
    from audit_agent.cli.printing import console, print_json
    from audit_agent.sample.publish import publish_sample
    from audit_agent.sample.writer import BOOKS, DOCUMENTS, LIST, TRUTH

    truth = publish_sample(directory, seed, documents=documents)
    books = directory / BOOKS
    listed = str(directory / DOCUMENTS / LIST) if documents else None
    if as_json:
        print_json(
            {
                "books": str(books),
                "documents": listed,
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
    if listed:
        out.print(f"The documents are listed in {listed}.")
        out.print(f"Check them: audit-agent documents check {listed} --books {books}", soft_wrap=True)
    out.print(f"Next: audit-agent start --books {books} --program general --wait", soft_wrap=True)
