"""A manifest is read by page, without its other row groups."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit_agent.documents.manifest import GROUP_ROWS, read_entries
from audit_agent.documents.sets.found import Candidate, Found
from audit_agent.documents.sets.freeze import freeze_documents
from audit_agent.domain.documents import DocumentManifest, SetKind
from audit_agent.store.evidence import FolderEvidence

COUNT = GROUP_ROWS * 2 + 30


@dataclass(frozen=True)
class Many:
    """A set of so many addresses."""

    count: int
    kind: SetKind = SetKind.LIST
    root: Path | None = None
    ordered: bool = True

    def found(self) -> Iterator[Found]:
        for number in range(self.count):
            yield Candidate(f"https://example.com/{number}.pdf")


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> tuple[FolderEvidence, DocumentManifest]:
    evidence = FolderEvidence(tmp_path_factory.mktemp("evidence"))
    return evidence, freeze_documents(Many(COUNT), evidence)[1]


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0, 50), (GROUP_ROWS - 10, 50), (GROUP_ROWS, 50), (COUNT - 30, 30), (COUNT, 0), (COUNT * 10, 0)],
)
def test_a_page_begins_at_its_offset(
    frozen: tuple[FolderEvidence, DocumentManifest], offset: int, expected: int
) -> None:
    page = read_entries(*frozen, offset, 50)
    assert [entry.number for entry in page] == list(range(offset, offset + expected))
    assert all(entry.source == f"https://example.com/{entry.number}.pdf" for entry in page)


def test_a_page_does_not_need_the_row_groups_of_others(
    frozen: tuple[FolderEvidence, DocumentManifest], tmp_path: Path
) -> None:
    evidence = FolderEvidence(tmp_path / "evidence")
    manifest = frozen[1].model_copy(update={"entries": evidence.put(frozen[0].read(frozen[1].entries))})
    blob = evidence.path(manifest.entries)
    blob.chmod(0o644)
    with blob.open("r+b") as file:
        file.seek(4)
        file.write(bytes(10_000))

    assert read_entries(evidence, manifest, GROUP_ROWS, 50)[0].number == GROUP_ROWS
    with pytest.raises(OSError, match=r".+"):
        read_entries(evidence, manifest, 0, 50)


def _peak(count: int, folder: Path) -> int:
    tracemalloc.start()
    try:
        freeze_documents(Many(count), FolderEvidence(folder / str(count)))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_twice_the_documents_take_no_more_memory(tmp_path: Path) -> None:
    few = _peak(GROUP_ROWS + 100, tmp_path)
    many = _peak(2 * GROUP_ROWS + 200, tmp_path)
    assert many < 1.2 * few


def test_nothing_temporary_is_left(frozen: tuple[FolderEvidence, DocumentManifest]) -> None:
    assert list(frozen[0].workspace().iterdir()) == []
