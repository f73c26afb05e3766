"""`audit-agent sample`: the books come whole or not at all, and never over something else."""

import json
from pathlib import Path

import pytest

from audit_agent.cli.main import run
from audit_agent.sample.publish import FolderTakenError, SampleNotWrittenError, publish_sample
from audit_agent.sample.truth import load_truth


def contents(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    publish_sample(tmp_path / "deep" / "sample", 7, documents=False)

    assert load_truth(tmp_path / "deep" / "sample" / "truth.json").seed == 7
    assert contents(tmp_path / "deep")[:2] == ["sample", "sample/books"]


def test_an_earlier_sample_is_replaced(tmp_path: Path) -> None:
    publish_sample(tmp_path / "sample", 7, documents=False)

    publish_sample(tmp_path / "sample", 8, documents=False)

    assert load_truth(tmp_path / "sample" / "truth.json").seed == 8
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


def test_a_folder_with_other_things_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "thesis.txt").write_text("years of work")

    with pytest.raises(FolderTakenError, match=r"thesis\.txt"):
        publish_sample(tmp_path / "sample", 7, documents=False)

    assert contents(tmp_path) == ["sample", "sample/thesis.txt"]


def test_something_put_beside_an_earlier_sample_is_not_lost(tmp_path: Path) -> None:
    publish_sample(tmp_path / "sample", 7, documents=False)
    (tmp_path / "sample" / "books" / "mapping.yaml").write_text("mine")

    with pytest.raises(FolderTakenError, match=r"mapping\.yaml"):
        publish_sample(tmp_path / "sample", 8, documents=False)

    assert (tmp_path / "sample" / "books" / "mapping.yaml").read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sample").write_text("")

    with pytest.raises(FolderTakenError, match="a file of that name"):
        publish_sample(tmp_path / "sample", 7, documents=False)


def test_a_parent_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SampleNotWrittenError, match="could not be written"):
        publish_sample(tmp_path / "file" / "sample", 7, documents=False)


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sample", str(tmp_path / "sample"), "--seed", "3", "--no-documents", "--json"]) == 0

    written = json.loads(capsys.readouterr().out)
    assert written["seed"] == 3
    assert Path(written["books"], "GL_Detail.csv").is_file()
    assert Path(written["truth"]).is_file()


def test_the_command_points_to_the_books_and_not_to_the_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sample", str(tmp_path / "s"), "--no-documents"]) == 0

    assert f"start --books {tmp_path / 's' / 'books'}" in capsys.readouterr().out.replace("\n", " ")


def test_the_command_refuses_a_taken_folder_with_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("")

    assert run(["sample", str(tmp_path)]) == 2
    assert "mine.txt" in capsys.readouterr().err
