"""Folders and patterns become manifests."""

import hashlib
import os
from pathlib import Path

import pytest

from audit_agent.documents.errors import DocumentsPathError, EmptySetError
from audit_agent.documents.s3 import S3Access
from audit_agent.documents.sets.folder import FolderSet, fits
from audit_agent.documents.sets.given import given_set
from audit_agent.domain.documents import SetKind
from tests.unit.documents.conftest import Freezer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents, a hidden file and a lock."""
    root = tmp_path / "documents"
    for name in ("b.pdf", "2025/01/a.pdf", "2025/c.txt", ".hidden", "2025/~$c.docx"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.7 " + name.encode() if name.endswith(".pdf") else b"text")
    return root


def test_a_folder_is_frozen_to_its_bottom_in_the_order_of_paths(folder: Path, freeze: Freezer) -> None:
    frozen = freeze(FolderSet(folder))

    assert frozen.sources == ["2025/01/a.pdf", "2025/c.txt", "b.pdf"]
    first = frozen.entries[0]
    data = (folder / first.source).read_bytes()
    assert (first.number, first.name, first.size) == (0, "a.pdf", len(data))
    assert first.sha256 == hashlib.sha256(data).hexdigest()
    assert first.media_type == "application/pdf"
    assert (frozen.manifest.kind, frozen.manifest.root) == (SetKind.FOLDER, str(folder))


def test_the_same_files_give_the_same_digests_wherever_they_lie(folder: Path, freeze: Freezer) -> None:
    before = freeze(FolderSet(folder))
    again = freeze(FolderSet(folder))
    moved = freeze(FolderSet(folder.rename(folder.parent / "moved")))

    assert before.digest == again.digest
    assert before.manifest.entries == moved.manifest.entries


def test_a_pattern_takes_what_fits(folder: Path, freeze: Freezer) -> None:
    frozen = freeze(given_set(f"{folder}/**/*.pdf", S3Access()))

    assert frozen.sources == ["2025/01/a.pdf", "b.pdf"]
    assert frozen.manifest.kind is SetKind.GLOB


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a.pdf", "*.pdf", True),
        ("x/a.pdf", "*.pdf", False),
        ("x/a.pdf", "*/*.pdf", True),
        ("x/y/a.pdf", "**/*.pdf", True),
        ("a.pdf", "**", True),
        ("x/y/a.pdf", "x/**", True),
        ("x/y/a.pdf", "x/**/y/*", True),
        ("x/y", "x/y/**", False),
        ("a1.pdf", "a[0-9].pdf", True),
        ("a.PDF", "a.pdf", False),
    ],
)
def test_patterns_fit_part_by_part(path: str, pattern: str, expected: bool) -> None:
    assert fits(path.split("/"), tuple(pattern.split("/"))) is expected


def test_links_out_of_the_folder_and_special_files_are_rejects(folder: Path, freeze: Freezer, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "inside.pdf").symlink_to(folder / "b.pdf")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "dead").symlink_to(folder / "nothing")
    (folder / "circle").symlink_to(folder / "circle")
    os.mkfifo(folder / "pipe")

    frozen = freeze(FolderSet(folder))

    assert "inside.pdf" in frozen.sources
    assert frozen.reasons == [
        ("circle", None, "it cannot be read: Too many levels of symbolic links"),
        ("dead", None, "it cannot be read: No such file or directory"),
        ("out.txt", None, "it is a link that leaves the folder of the set"),
        ("pipe", None, "it is no regular file"),
        ("up", None, "it is a link to a folder, which is not followed"),
    ]


def test_a_name_that_is_no_text_is_a_reject(folder: Path, freeze: Freezer) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.pdf")).write_bytes(b"%PDF-1.7")

    frozen = freeze(FolderSet(folder))

    assert frozen.reasons == [("\\xff.pdf", None, "its name is not UTF-8; rename it")]


def test_an_empty_folder_and_a_pattern_that_fits_nothing_are_errors(tmp_path: Path, freeze: Freezer) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(EmptySetError, match="is empty"):
        freeze(given_set(str(folder), S3Access()))
    with pytest.raises(EmptySetError, match="is empty"):
        freeze(given_set(f"{folder}/*.pdf", S3Access()))


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path, freeze: Freezer) -> None:
    with pytest.raises(DocumentsPathError, match="nothing at"):
        given_set(f"{tmp_path}/nothing", S3Access())
    with pytest.raises(DocumentsPathError, match="cannot be read"):
        freeze(given_set(f"{tmp_path}/nothing/*.pdf", S3Access()))


def test_one_file_or_one_address_is_no_set(folder: Path) -> None:
    with pytest.raises(DocumentsPathError, match="one file and no set"):
        given_set(str(folder / "b.pdf"), S3Access())
    with pytest.raises(DocumentsPathError, match="one address and no set"):
        given_set("https://example.com/a.pdf", S3Access())


def test_a_pattern_of_many_depths_is_tried_once_for_each_place() -> None:
    pattern = ("**",) * 30 + ("zzz.pdf",)

    assert not fits([*"abcdefghijklmnopq", "a.pdf"], pattern)
    assert fits([*"abcdefghijklmnopq", "zzz.pdf"], ("**",) * 5 + ("zzz.pdf",))
