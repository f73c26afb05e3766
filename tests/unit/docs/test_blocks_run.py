"""The blocks of tutorial and how-tos that are marked to run do run, and print what the pages show."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit_agent.cli.demo import DEFAULT_SEED
from audit_agent.sample.publish import publish_sample
from tests.unit.docs.pages import PAGES, ROOT, marked_blocks, name_of
from tests.unit.docs.running import environment, save_or_run

QUICK, ON_TEMPORAL = "run", "run with temporal"
RUNNABLE = [page for page in PAGES if any(block.mark == QUICK for block in marked_blocks(page))]
TUTORIAL = ROOT / "docs" / "tutorial.md"


@contextmanager
def _up(folder: Path) -> Iterator[None]:
    """`audit-agent up` in a terminal of its own, ready for audits."""
    with subprocess.Popen(
        ["audit-agent", "up"], cwd=folder, env=environment(folder / "home"), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            said = []
            for line in process.stderr:
                said.append(line)
                if line.startswith("Ready."):
                    break
            assert said[-1].startswith("Ready."), "".join(said)
            yield
        finally:
            process.terminate()
            process.stderr.read()


@pytest.mark.parametrize("page", [page for page in RUNNABLE if page != TUTORIAL], ids=name_of)
def test_the_marked_blocks_of_a_page_run_in_order(page: Path, tmp_path: Path) -> None:
    for block in marked_blocks(page):
        if block.mark == QUICK or block.mark.startswith("file "):
            save_or_run(block, tmp_path)


@pytest.mark.timeout(300)
def test_the_tutorial_can_be_followed_to_the_signed_report(tmp_path: Path) -> None:
    blocks = marked_blocks(TUTORIAL)
    first = next(number for number, block in enumerate(blocks) if block.mark == ON_TEMPORAL)
    for block in blocks[:first]:
        save_or_run(block, tmp_path)
    with _up(tmp_path):
        for block in blocks[first:]:
            save_or_run(block, tmp_path)


def test_the_books_of_the_tutorial_are_those_of_the_examples() -> None:
    inline = next(block for block in marked_blocks(TUTORIAL) if block.mark == "file my-books/journal.csv")
    example = ROOT / "docs" / "examples" / "my-books" / "journal.csv"
    assert inline.text == example.read_text(encoding="utf-8")


def test_the_files_of_the_page_on_documents_are_those_of_the_examples() -> None:
    blocks = marked_blocks(ROOT / "docs" / "how-to" / "documents.md")
    inline = {block.mark.removeprefix("file "): block.text for block in blocks if block.mark.startswith("file ")}
    folder = ROOT / "docs" / "examples" / "my-documents"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert inline == {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_the_readme_tells_the_sample_as_it_is(tmp_path: Path) -> None:
    truth = publish_sample(tmp_path / "sample", DEFAULT_SEED)
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"with {len(truth.irregularities)} irregularities in them" in readme
    assert f"{len(truth.look_alikes)} look-alikes that are legitimate" in readme
