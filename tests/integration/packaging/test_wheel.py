"""The wheel: what ships in it, and that an installation of it finds its files."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from audit_agent.resources import migrations_folder, prompts_folder

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built as pip builds it, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    built = subprocess.run(
        [*command, "--wheel-dir", str(folder), str(CHECKOUT)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("audit_agent-*.whl"))


def test_prompts_migrations_and_programmes_ship_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, place in (
        (prompts_folder(), "audit_agent/_prompts"),
        (migrations_folder(), "audit_agent/_migrations"),
        (CHECKOUT / "audit_agent", "audit_agent"),
    ):
        assert {f"{place}/{file}" for file in _files_of(folder)} <= names


def test_nothing_else_ships_in_it(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"audit_agent"}


def test_an_installation_finds_its_own_files(wheel: Path, tmp_path: Path) -> None:
    # Given the wheel unpacked where no checkout is beside it
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = "from audit_agent import resources as r; print(r.prompts_folder(), r.migrations_folder())"
    # When its code looks for its files
    shown = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    # Then it finds those of the wheel
    assert shown.stdout.split() == [f"{tmp_path}/audit_agent/_prompts", f"{tmp_path}/audit_agent/_migrations"]


def _files_of(folder: Path) -> set[str]:
    tracked = subprocess.run(["git", "ls-files", "."], cwd=folder, capture_output=True, text=True, check=False)
    if tracked.returncode == 0 and tracked.stdout:
        return {name for name in tracked.stdout.splitlines() if (folder / name).exists()}
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}
