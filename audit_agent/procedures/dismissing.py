"""Dismissal rules: what a procedure flags although code can see that it is legitimate.

A rule is a condition on flagged rows. An exception is dismissed by the first rule, in the order of the parameter
`dismiss`, that holds for all its rows; it is kept with the rule's reason and counts as no exception.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from audit_agent.domain.catalogue import DismissalRule
from audit_agent.procedures.parameters import parameter

__all__ = ["DismissalRule", "dismiss_parameter", "first_of"]


def dismiss_parameter(*rules: DismissalRule) -> Any:
    """Declare the parameter `dismiss`: all rules apply unless people name fewer."""
    names = tuple(rule.id for rule in rules)
    return parameter(names, "Dismissal rules that apply, in this order; none when empty.")


def first_of(wanted: Sequence[str], conditions: Mapping[str, ibis.Value]) -> ibis.Value:
    """The id of the first wanted rule whose condition holds, or NULL; an unknown condition (NULL) does not hold."""
    cases = [(conditions[name].fill_null(False), name) for name in wanted if name in conditions]
    return ibis.cases(*cases, else_=None).cast("string") if cases else ibis.null("string")
