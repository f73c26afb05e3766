"""What rules dismissed: parted from the exceptions, stored with the reasons, counted by rule."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from audit_agent.domain.catalogue import DismissalRule
from audit_agent.domain.evidence import Evidence
from audit_agent.domain.ids import StepId
from audit_agent.domain.workpaper import Dismissed, DismissedBy, DismissedItem
from audit_agent.procedures.flagging import DISMISSAL
from audit_agent.procedures.outcome import TOP, Explains, collect


def parted(result: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The rows of exceptions, and those that a rule dismissed, which `numbered` put after them."""
    if DISMISSAL not in result.column_names:
        return result, result.slice(0, 0)
    remaining = result[DISMISSAL].null_count
    return result.slice(0, remaining), result.slice(remaining)


def collect_dismissed(
    rows: pa.Table,
    explains: Explains,
    parameters: Any,
    step: StepId,
    evidence: Evidence,
    rules: Iterable[DismissalRule],
) -> Dismissed | None:
    """Store dismissed rows with `exception_dismissed_because` beside them; None where there are none."""
    if not rows.num_rows:
        return None
    by_id = {rule.id: rule for rule in rules}
    because = {name: rule.because for name, rule in by_id.items()}
    stored = rows.append_column("exception_dismissed_because", _looked_up(rows[DISMISSAL], because))
    outcome = collect(stored, explains, parameters, step, evidence, "", letter="D")
    counts = _counts(rows)
    top = rows.filter(pc.less_equal(rows["exception_number"], TOP))
    rule_of = dict(zip(top["exception_number"].to_pylist(), top[DISMISSAL].to_pylist(), strict=True))
    return Dismissed(
        count=outcome.count,
        lines=outcome.lines,
        by=tuple(
            DismissedBy(rule=name, title=rule.title, because=rule.because, count=counts[name][0], lines=counts[name][1])
            for name, rule in by_id.items()
            if name in counts
        ),
        items=outcome.blob,
        top=tuple(
            DismissedItem(**dict(item), rule=rule_of[number], because=because[rule_of[number]])
            for number, item in enumerate(outcome.top, start=1)
        ),
    )


def _looked_up(names: pa.ChunkedArray, texts: Mapping[str, str]) -> pa.ChunkedArray:
    return pa.array(list(texts.values()), pa.string()).take(pc.index_in(names, pa.array(list(texts), pa.string())))


def _counts(rows: pa.Table) -> dict[str, tuple[int, int]]:
    """Exceptions and rows of each rule."""
    measures = [("exception_number", "count_distinct"), ("exception_number", "count")]
    found = rows.group_by(DISMISSAL).aggregate(measures).to_pylist()
    return {row[DISMISSAL]: (row["exception_number_count_distinct"], row["exception_number_count"]) for row in found}
