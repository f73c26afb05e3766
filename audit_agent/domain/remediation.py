"""Which payments to hold for which findings. Rules, so that nobody's prose stops a payment."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from audit_agent.domain.finding import Finding, Hold, RemediationProposal

HELD_PROCEDURES = frozenset({"P2P-01", "P2P-04"})
"""Tests whose exceptions are invoices that should not be paid before somebody has looked."""


class SuspectInvoice(NamedTuple):
    """One invoice behind an exception."""

    exception: str
    invoice: str
    supplier: str
    day: date
    """The invoice's own date; the least date where it has none."""
    amount: Decimal
    currency: str
    reason: str


def propose(version: int, findings: Iterable[tuple[Finding, list[SuspectInvoice]]]) -> RemediationProposal:
    """A hold for every invoice behind a finding that calls for one, each invoice once.

    Of duplicates (P2P-01) the earliest may be paid; the later ones are held. Credit notes are never held.
    """
    holds: dict[str, Hold] = {}
    for finding, invoices in findings:
        for suspect in _to_hold(finding, invoices):
            key = f"Invoices_Received/{suspect.supplier}/{suspect.invoice}"
            holds.setdefault(
                key,
                Hold(
                    key=key,
                    finding=finding.ref,
                    item=suspect.invoice,
                    supplier=suspect.supplier,
                    amount=suspect.amount,
                    currency=suspect.currency,
                    reason=f"{suspect.exception}: {suspect.reason}",
                ),
            )
    return RemediationProposal(version=version, holds=tuple(holds.values()))


def _to_hold(finding: Finding, invoices: list[SuspectInvoice]) -> list[SuspectInvoice]:
    if finding.procedure not in HELD_PROCEDURES:
        return []
    if finding.procedure == "P2P-01":
        invoices = _all_but_the_first(invoices)
    return [suspect for suspect in invoices if suspect.amount > 0]


def _all_but_the_first(invoices: list[SuspectInvoice]) -> list[SuspectInvoice]:
    """Without the earliest invoice of each exception; the earlier name decides between two of one day."""
    groups: dict[str, list[SuspectInvoice]] = {}
    for suspect in invoices:
        groups.setdefault(suspect.exception, []).append(suspect)
    first = {min(group, key=lambda suspect: (suspect.day, suspect.invoice)) for group in groups.values()}
    return [suspect for suspect in invoices if suspect not in first]


def revise(proposal: RemediationProposal, comments: Iterable[str]) -> RemediationProposal:
    """Drop the holds reviewers name: `remove INVOICE`, several times in one comment if need be."""
    holds, answers = list(proposal.holds), []
    for comment in comments:
        named = set(re.findall(r"\bremove\s+([^\s,;]+)", comment, flags=re.IGNORECASE))
        dropped = [hold for hold in holds if hold.item in named]
        holds = [hold for hold in holds if hold.item not in named]
        done = ", ".join(hold.item for hold in dropped)
        answers.append(f"{comment!r}: {f'removed {done}' if dropped else 'nothing changed; write: remove INVOICE'}.")
    return RemediationProposal(version=proposal.version + 1, holds=tuple(holds), answers=tuple(answers))
