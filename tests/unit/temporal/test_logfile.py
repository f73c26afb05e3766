"""Logs: rotated by size, quoted by their last lines."""

from pathlib import Path

from audit_agent.temporal.logfile import last_lines, open_log, says_any


def test_a_large_log_is_moved_aside_and_three_old_ones_kept(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "temporal.log"
    for text in (b"first", b"second", b"third", b"fourth", b"fifth"):
        with open_log(log, max_bytes=3) as file:
            file.write(text)
    kept = {path.name: path.read_bytes() for path in log.parent.iterdir()}
    assert kept == {
        "temporal.log": b"fifth",
        "temporal.log.1": b"fourth",
        "temporal.log.2": b"third",
        "temporal.log.3": b"second",
    }


def test_a_small_log_is_appended_to(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    for text in (b"one\n", b"two\n"):
        with open_log(log) as file:
            file.write(text)
    assert last_lines(log) == "one\ntwo"


def test_only_lines_of_this_start_are_quoted(tmp_path: Path) -> None:
    log = tmp_path / "temporal.log"
    log.write_bytes(b"old\n" + b"\n".join(b"line %d" % number for number in range(9)) + b"\n\n")
    assert last_lines(log, count=2, since=4) == "line 7\nline 8"
    assert last_lines(log, since=log.stat().st_size) == ""


def test_a_log_that_does_not_exist_has_no_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.log") == ""


def test_words_are_found_far_above_the_last_lines_but_not_in_what_an_earlier_start_wrote(tmp_path: Path) -> None:
    log = tmp_path / "temporal.log"
    log.write_text("bind: address already in use\n", encoding="utf-8")
    since = log.stat().st_size
    log.write_text(log.read_text() + "panic: nil\nfrontend.NewHTTPAPIServer(0x1)\n" + "called from\n" * 2_000)

    assert "NewHTTPAPIServer" not in last_lines(log, since=since)
    assert says_any(log, ("frontend.NewHTTPAPIServer(",), since=since)
    assert says_any(log, ("address already in use", "something else"))
    assert not says_any(log, ("address already in use",), since=since)
    assert not says_any(tmp_path / "missing.log", ("panic",))
