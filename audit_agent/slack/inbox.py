"""Keeping clicks: in the database, or on the local disk when the database does not answer in time."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from audit_agent.domain.errors import AuditAgentError
from audit_agent.slack.spool import Spool
from audit_agent.store.clicks import CLAIM, Click, Clicks

DATABASE_WITHIN_SECONDS = 0.15
"""Slack wants its answer within 3 s, people want it at once."""

REST_SECONDS = 1.0
"""A database that did not answer in time is left alone so long: those who click meanwhile do not wait for it."""

_logger = logging.getLogger(__name__)


class Inbox:
    """Keeps each click once; `keep` returns within a bound whatever the database does."""

    def __init__(self, clicks: Clicks, spool: Spool) -> None:
        self.clicks = clicks
        self._spool = spool
        # Threads of their own: those that wait for a stalled database must not keep others from the local disk.
        self._database = ThreadPoolExecutor(1, thread_name_prefix="slack-clicks")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="slack-spool")
        self._trouble = ""
        self._stalled: asyncio.Future[bool] | None = None
        self._rests_until = 0.0

    async def keep(self, click: Click) -> bool:
        """Keep a click; durable when this returns. Whether it is known to be new.

        Raises OSError when neither the database nor the disk takes it: then Slack must not be told that it arrived.
        """
        loop = asyncio.get_running_loop()
        if (self._stalled is None or self._stalled.done()) and loop.time() >= self._rests_until:
            try:
                is_new = await self._in_database(click)
                self._trouble = ""
                return is_new
            except TimeoutError:
                self._warn("The database does not answer in time")
            except AuditAgentError as error:
                self._warn(error.message)
        await loop.run_in_executor(self._disk, self._spool.keep, click)
        return False

    async def move_on(self) -> int:
        """Move what the disk keeps into the database; returns how many clicks. Raises what the database raises."""
        loop = asyncio.get_running_loop()
        moved = 0
        for file, click in await loop.run_in_executor(self._disk, self._spool.kept):
            await asyncio.to_thread(self.clicks.keep, click)
            await loop.run_in_executor(self._disk, file.unlink, True)
            moved += 1
        return moved

    def close(self) -> None:
        """Wait for what is being written."""
        self._database.shutdown()
        self._disk.shutdown()

    def _warn(self, trouble: str) -> None:
        if trouble != self._trouble:
            _logger.warning("Clicks are kept on the disk meanwhile: %s", trouble)
        self._trouble = trouble

    async def _in_database(self, click: Click) -> bool:
        claimed_until: datetime = click.received_at + CLAIM
        loop = asyncio.get_running_loop()
        writing = loop.run_in_executor(self._database, self.clicks.keep, click, claimed_until)
        done, _ = await asyncio.wait({writing}, timeout=DATABASE_WITHIN_SECONDS)
        if not done:
            self._stalled, self._rests_until = writing, loop.time() + REST_SECONDS
            writing.add_done_callback(lambda late: self._let_go(late, click.key))
            raise TimeoutError
        return writing.result()

    def _let_go(self, late: "asyncio.Future[bool]", key: str) -> None:
        """Nobody works on a click that came late. A late failure is no news: the click is on the disk."""
        if not late.cancelled() and late.exception() is None:
            self._database.submit(self.clicks.release, key)
