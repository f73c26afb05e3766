"""Put a sample where a person asked for it: whole or not at all, and never over something else."""

import csv
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from audit_agent.domain.errors import AuditAgentError, BadInputError
from audit_agent.sample.truth import SampleTruth, TruthMissingError, TruthUnreadableError, load_truth
from audit_agent.sample.writer import BOOKS, DOCUMENTS, FILES, LIST, TRUTH, generate


class FolderTakenError(BadInputError):
    """The folder holds something that a sample must not replace."""

    def __init__(self, folder: Path, found: str) -> None:
        super().__init__(
            f"{folder} cannot take the sample books: it holds {found}.",
            "Name an empty folder, a new one, or one that an earlier `audit-agent sample` wrote.",
        )


class SampleNotWrittenError(AuditAgentError):
    """The file system refused the sample."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"The sample books could not be written to {folder}: {error.strerror or error}.",
            "Nothing was changed. Check free space and permissions, or name another folder.",
        )


def publish_sample(directory: Path, seed: int, *, documents: bool = True) -> SampleTruth:
    """Write the sample into a folder that is new, empty, or an earlier sample, which is replaced.

    Raises FolderTakenError or SampleNotWrittenError; in either case the folder is as it was.
    """
    directory = directory.resolve()
    _refuse_taken(directory)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        workspace = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    except OSError as error:
        raise SampleNotWrittenError(directory, error) from error
    try:
        truth = generate(workspace / "fresh", seed, documents=documents)
        _swap(workspace / "fresh", directory, workspace / "former")
    except OSError as error:
        raise SampleNotWrittenError(directory, error) from error
    finally:
        shutil.rmtree(workspace, ignore_errors=True)
    return truth


def _swap(fresh: Path, directory: Path, former: Path) -> None:
    # Both renames stay on one file system, and the second is taken back if it fails.
    existed = directory.exists()
    if existed:
        directory.rename(former)
    try:
        fresh.rename(directory)
    except OSError:
        if existed:
            former.rename(directory)
        raise


def _refuse_taken(directory: Path) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise FolderTakenError(directory, "a file of that name")
    names = {entry.name for entry in directory.iterdir()}
    if not names:
        return
    try:
        load_truth(directory / TRUTH)
    except (TruthMissingError, TruthUnreadableError) as error:
        raise FolderTakenError(directory, f"{min(names)}, and no earlier sample") from error
    ours = {directory / TRUTH, directory / BOOKS, *(directory / BOOKS / name for name in FILES)}
    ours.update(_documents(directory / DOCUMENTS))
    foreign = sorted(path for path in directory.rglob("*") if path not in ours)
    if foreign:
        raise FolderTakenError(directory, f"an earlier sample and also {foreign[0].relative_to(directory)}")


def _documents(folder: Path) -> Iterator[Path]:
    """What an earlier sample wrote there, by its own list."""
    if not (folder / LIST).is_file():
        return
    yield from (folder, folder / LIST)
    with (folder / LIST).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row:
                yield from (folder / row[0], (folder / row[0]).parent)
