"""Running what a page shows, and comparing what it prints."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.unit.docs.pages import Block, Command, commands_of

PATIENCE_SECONDS = 60.0
_LOOK_AGAIN_SECONDS = 1.0
_FRAMES = re.compile(r"[\u2500-\u257f\s]+")
_OURS = ("AUDIT_AGENT_", "TEMPORAL_", "ANTHROPIC_")


def environment(home: Path) -> dict[str, str]:
    """The environment of a reader who set up nothing but a home, and whose name is Anna."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ports = {"AUDIT_AGENT_TEMPORAL_PORT": "0", "AUDIT_AGENT_TEMPORAL_UI_PORT": "0"}
    return kept | ports | {"PATH": path, "AUDIT_AGENT_HOME": str(home), "AUDIT_AGENT_USER": "anna", "COLUMNS": "120"}


def save_or_run(block: Block, folder: Path) -> None:
    """Save the file a block holds, or run its commands; AssertionError when one prints anything else than shown."""
    if block.mark.startswith("file "):
        file = folder / block.mark.removeprefix("file ")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
        return
    if block.language == "python":
        subprocess.run([sys.executable, "-c", block.text], cwd=folder, env=environment(folder / "home"), check=True)
        return
    for command in commands_of(block):
        _run(command, folder)


def _run(command: Command, folder: Path) -> None:
    """Run a command once, or, where it shows what waits for people, until that is there."""
    deadline = time.monotonic() + (PATIENCE_SECONDS if command.line.startswith("audit-agent reviews") else 0)
    while True:
        done = subprocess.run(
            ["sh", "-c", command.line],
            cwd=folder,
            env=environment(folder / "home"),
            text=True,
            capture_output=True,
            check=False,
        )
        output = done.stdout + done.stderr
        missing = _missing(command, output)
        if missing is None or time.monotonic() > deadline:
            break
        time.sleep(_LOOK_AGAIN_SECONDS)
    assert missing is None, f"$ {command.line}\nprints no {missing!r}, but:\n{output}"
    failure_is_shown = any(line.startswith("Error:") for line in command.shown)
    assert (done.returncode != 0) == failure_is_shown, f"$ {command.line} ended with {done.returncode}:\n{output}"


def _missing(command: Command, output: str) -> str | None:
    """The first shown line that does not come in the output, in the order shown; `...` stands for anything."""
    left = [_plain(line) for line in output.splitlines()]
    for line in command.shown:
        pattern = re.compile(".*".join(re.escape(_plain(part)) for part in line.split("...")))
        place = next((number for number, text in enumerate(left) if pattern.search(text)), None)
        if place is None:
            return line
        if _plain(line) != "...":
            left = left[place + 1 :]
    return None


def _plain(text: str) -> str:
    return _FRAMES.sub(" ", text).strip()
