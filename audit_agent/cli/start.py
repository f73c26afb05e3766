"""`audit-agent start`: an audit over the reader's own books."""

from pathlib import Path
from typing import Annotated

import typer


def start(
    books: Annotated[Path, typer.Option("--books", help="A file or a folder with the books.")],
    program: Annotated[
        str | None, typer.Option("--program", help="The audit programme; `general` fits most books.")
    ] = None,
    ask: Annotated[
        str | None,
        typer.Option("--ask", metavar="TEXT", help="What you want tested, in your own words; chooses a programme."),
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="2025, 2025-Q3, 2025-10 or 2025-01-01..2025-06-30.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A mapping file that says which column is what.")
    ] = None,
    documents: Annotated[
        str | None,
        typer.Option(
            "--documents",
            metavar="SET",
            help="Documents to compare with the books: a folder, a pattern, a .txt or .csv list, s3://bucket/prefix, "
            "or column:TABLE.COLUMN of the books.",
        ),
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="USD", help="For model calls; once it is reached, people decide.")
    ] = None,
    economy: Annotated[
        bool, typer.Option("--economy", help="Let a model read the documents at half price, within a day.")
    ] = False,
    policy: Annotated[Path | None, typer.Option("--policy", help="A YAML file saying who may decide what.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the audit until it ends.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the new audit's id as JSON.")] = False,
) -> None:
    """Start an audit over your books. Its id is printed at once; the work goes on in the workers."""
    import asyncio

    from audit_agent.cli.asked import print_asked, understood
    from audit_agent.cli.printing import console, print_json
    from audit_agent.cli.store import open_database
    from audit_agent.cli.watch import follow
    from audit_agent.domain.errors import BadInputError
    from audit_agent.domain.ids import AuditId
    from audit_agent.domain.period import parse_period
    from audit_agent.handoff.identity import as_person
    from audit_agent.handoff.policy_file import load_policy
    from audit_agent.handoff.start import Order, parse_budget, start_audit
    from audit_agent.programs import find_program
    from audit_agent.settings import load_settings
    from audit_agent.store.audits import Audits
    from audit_agent.temporal.client import connect

    settings = load_settings()
    asked = understood(ask, program, settings.programs_folder) if ask is not None else None
    chosen = program or (asked and asked.program)
    if not chosen:
        raise BadInputError("Nothing says what is to be tested.", "Give --program NAME, or --ask TEXT.")
    order = Order(
        program=find_program(chosen, settings.programs_folder),
        books=books,
        requester=as_person(settings.user),
        mapping=mapping,
        documents=documents,
        period=parse_period(period) if period else (asked.period if asked else None),
        budget=parse_budget(budget) if budget else None,
        policy=load_policy(policy or settings.policy_file),
        economy=economy,
        asked=asked,
    )
    if asked is not None and not as_json:
        print_asked(console(), asked, order.period)
    with open_database(settings) as database:

        async def begin() -> AuditId:
            client = await connect(settings)
            return await start_audit(order, Audits(database), client, settings.task_queue)

        audit = asyncio.run(begin())
        if as_json:
            print_json({"audit": audit})
        else:
            console().print(f"{audit} has begun. Follow it with: audit-agent watch {audit}")
        if wait:
            follow(database, audit, quiet=as_json)
