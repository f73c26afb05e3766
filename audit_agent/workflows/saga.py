"""Undo what was done, newest first, whatever happens meanwhile."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

from audit_agent.activities.contract import MARK_PHASE, REPORT_STUCK, UNDO_EFFECT, Mark, Stuck, Undo
from audit_agent.domain.audit import EffectKind, Phase
from audit_agent.domain.ids import AuditId
from audit_agent.workflows.call import call

TRY_AGAIN_AFTER = timedelta(hours=1)


class Saga:
    """The compensations of one audit. Register one before the act it undoes."""

    def __init__(self, audit: AuditId) -> None:
        self._audit = audit
        self._registered: list[EffectKind] = []
        self._asked_to_retry = False

    def register(self, effect: EffectKind) -> None:
        """From here on, an audit that stops will undo this effect. Registering twice is registering once."""
        if effect not in self._registered:
            self._registered.append(effect)

    def retry(self) -> None:
        """A person has mended what kept a compensation from working."""
        self._asked_to_retry = True

    async def compensate(self, reason: str) -> None:
        """Undo everything registered, newest first; returns when all of it is undone.

        Runs to its end even if the workflow is cancelled meanwhile. An effect that cannot be undone does not keep
        older ones from being undone; it is shown as needing a person and tried again hourly, or when asked.
        """
        undoing = asyncio.ensure_future(self._undo_all(reason))
        while not undoing.done():
            try:
                await asyncio.shield(undoing)
            except asyncio.CancelledError:
                if undoing.cancelled():
                    raise
        undoing.result()

    async def _undo_all(self, reason: str) -> None:
        standing = await self._undo(list(reversed(self._registered)), reason)
        while standing:
            names = ", ".join(effect.value for effect in standing)
            await self._mark_needs_person(names)
            await self._until_worth_another_try()
            standing = await self._undo(standing, reason)

    async def _undo(self, effects: list[EffectKind], reason: str) -> list[EffectKind]:
        """Undo these in order; returns those that could not be undone."""
        # Before the round, not after it: whoever mends the cause while it runs has asked for another one.
        self._asked_to_retry = False
        standing = []
        for effect in effects:
            try:
                undo = Undo(audit=self._audit, effect=effect, reason=reason)
                await call(UNDO_EFFECT, undo, summary=f"undo {effect.value}")
            except ActivityError as error:
                standing.append(effect)
                await call(REPORT_STUCK, Stuck(audit=self._audit, effect=effect, error=str(error.cause or error)))
        return standing

    async def _until_worth_another_try(self) -> None:
        try:
            await workflow.wait_condition(lambda: self._asked_to_retry, timeout=TRY_AGAIN_AFTER)
        except TimeoutError:
            return

    async def _mark_needs_person(self, names: str) -> None:
        detail = f"Cannot undo: {names}. Mend the cause, then run: audit-agent compensations {self._audit} --retry"
        mark = Mark(audit=self._audit, key=f"stuck/{workflow.uuid4()}", phase=Phase.NEEDS_PERSON, detail=detail)
        await call(MARK_PHASE, mark)
