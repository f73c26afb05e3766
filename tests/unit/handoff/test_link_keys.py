"""Keys that sign links: set, or made once and kept where only their owner reads them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audit_agent.handoff.link_keys import LinkKeysError, LinkKeysNotKeptError, kept_keys, parse_keys


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "home" / "link-keys"

    with ThreadPoolExecutor(8) as pool:
        read = {found.result() for found in [pool.submit(kept_keys, file) for _ in range(8)]}

    assert len(read) == 1
    assert read == {kept_keys(file)}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_the_newest_key_comes_first(tmp_path: Path) -> None:
    assert parse_keys(f"{'n' * 32}, {'o' * 32}") == ("n" * 32, "o" * 32)
    file = tmp_path / "link-keys"
    file.write_text(f"{'n' * 32}\n{'o' * 32}\n", encoding="ascii")
    assert kept_keys(file) == ("n" * 32, "o" * 32)


@pytest.mark.parametrize("text", ["", " , ", "short", f"{'n' * 32},short"])
def test_a_key_that_could_be_guessed_is_refused(text: str) -> None:
    with pytest.raises(LinkKeysError):
        parse_keys(text)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file", encoding="ascii")

    with pytest.raises(LinkKeysNotKeptError, match="link-keys"):
        kept_keys(tmp_path / "home" / "link-keys")
