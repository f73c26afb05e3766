"""The token that gateway and workers share: made once, whoever asks first."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from audit_agent.llm.gateway.token import GatewayTokenError, token_in


def test_all_who_ask_at_once_read_the_same_token(tmp_path: Path) -> None:
    # Threads share their process number, as the first processes of several containers do.
    home, together = tmp_path / "home", Barrier(8)

    def ask() -> str:
        together.wait(30)
        return token_in(home)

    with ThreadPoolExecutor(8) as pool:
        read = {found.result() for found in [pool.submit(ask) for _ in range(8)]}

    assert read == {token_in(home)}
    assert stat.S_IMODE((home / "gateway.token").stat().st_mode) == 0o600
    assert [file.name for file in home.iterdir()] == ["gateway.token"]


def test_an_empty_file_is_no_token(tmp_path: Path) -> None:
    (tmp_path / "gateway.token").touch()
    with pytest.raises(GatewayTokenError, match="is empty"):
        token_in(tmp_path)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file", encoding="ascii")
    with pytest.raises(GatewayTokenError, match=r"gateway\.token"):
        token_in(tmp_path / "home")
