"""The blocks of tutorial and how-tos that are marked to run do run, and print what the pages show."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.docs.pages import PAGES, Block, Command, commands_of, marked_blocks, name_of

FRAMES = re.compile(r"[\u2500-\u257f\s]+")

RUNNABLE = [page for page in PAGES if any(block.mark == "run" for block in marked_blocks(page))]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AUDIT_AGENT_", "TEMPORAL_"))}
    binaries = str(Path(sys.executable).parent)
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "AUDIT_AGENT_HOME": str(home), "AUDIT_AGENT_USER": "anna", "COLUMNS": "120"}


def _plain(text: str) -> str:
    return FRAMES.sub(" ", text).strip()


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(_plain(part)) for part in line.split("...")))


def _check(command: Command, output: str) -> None:
    """Every shown line comes in the output, in the order shown; `...` stands for anything."""
    left = [_plain(line) for line in output.splitlines()]
    for line in command.shown:
        pattern = _pattern(line)
        place = next((number for number, text in enumerate(left) if pattern.search(text)), None)
        assert place is not None, f"$ {command.line}\nprints no {line!r}, but:\n{output}"
        left = left[place + 1 :] if _plain(line) != "..." else left


def _run(block: Block, folder: Path) -> None:
    if block.mark.startswith("file "):
        file = folder / block.mark.removeprefix("file ")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
        return
    environment = _environment(folder / "home")
    if block.language == "python":
        subprocess.run([sys.executable, "-c", block.text], cwd=folder, env=environment, check=True)
        return
    for command in commands_of(block):
        done = subprocess.run(
            ["sh", "-c", command.line], cwd=folder, env=environment, text=True, capture_output=True, check=False
        )
        _check(command, done.stdout + done.stderr)
        expected = 0 if "Error:" not in "".join(command.shown) else done.returncode or -1
        assert done.returncode == expected, f"$ {command.line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", RUNNABLE, ids=name_of)
def test_the_marked_blocks_of_a_page_run_in_order(page: Path, tmp_path: Path) -> None:
    for block in marked_blocks(page):
        if block.mark == "run" or block.mark.startswith("file "):
            _run(block, tmp_path)
