"""A worker with one workflow of its own, run as a program by the supervisor under test."""

from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from audit_agent.settings import load_settings
    from audit_agent.temporal.process import leave
    from audit_agent.temporal.worker import Work, run_worker


@activity.defn
def append_line(path: str) -> int:
    """Write one line and say how many there are."""
    with Path(path).open("a+") as file:
        file.write("done\n")
        file.seek(0)
        return len(file.readlines())


@workflow.defn
class WaitForWord:
    """Writes a line, waits for a word, writes another."""

    def __init__(self) -> None:
        self._word = ""

    @workflow.run
    async def run(self, path: str) -> str:
        """The word, and how many lines were written."""
        await self._append(path)
        await workflow.wait_condition(lambda: bool(self._word))
        return f"{self._word} {await self._append(path)}"

    @workflow.signal
    def say(self, word: str) -> None:
        """The word waited for."""
        self._word = word

    async def _append(self, path: str) -> int:
        return await workflow.execute_activity(append_line, path, start_to_close_timeout=timedelta(seconds=10))


if __name__ == "__main__":
    run_worker(load_settings(), workflows=[WaitForWord], work=Work([append_line]))
    leave()
