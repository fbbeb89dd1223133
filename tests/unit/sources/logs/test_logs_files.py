"""Files are followed by their tails through all that happens to log files."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.sources.logs import files
from ollama_top.sources.logs.files import FileFollower
from ollama_top.sources.logs.follower import (
    MOST_A_LOOK_BYTES,
    MOST_LINE_BYTES,
    TAIL_BYTES,
    LineCutter,
    UnreadableError,
)


class Followed:
    """A log file, and who follows it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "server.log"
        self.path.touch()
        self.follower = FileFollower(self.path)

    def write(self, data: bytes) -> None:
        with self.path.open("ab") as end:
            end.write(data)

    def read(self) -> list[str]:
        return [each.text for each in self.follower.read()]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Followed]:
    followed = Followed(tmp_path)
    yield followed
    followed.follower.close()


def test_what_is_there_is_read_and_then_what_is_added(log: Followed) -> None:
    log.write(b"one\ntwo\n")
    assert log.read() == ["one", "two"]
    assert log.read() == []
    log.write(b"three\n")
    assert log.read() == ["three"]


def test_half_a_line_waits_for_its_other_half(log: Followed) -> None:
    log.write("ein schö".encode()[:-1])
    assert log.read() == []
    log.write("ö".encode()[1:] + b"nes\r\nEnde")
    assert log.read() == ["ein schönes"]


def test_nothing_is_read_while_nothing_is_added(log: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    log.write(b"one\n")
    log.read()
    monkeypatch.setattr(files.os, "pread", lambda *_: pytest.fail("it read"))
    assert log.read() == []


def test_a_file_put_aside_is_read_to_its_end_and_the_new_one_from_its_start(log: Followed) -> None:
    log.write(b"one\n")
    log.read()
    log.write(b"two\n")
    log.path.rename(log.path.with_suffix(".1"))
    assert log.read() == ["two"], "as long as there is no other"
    with log.path.with_suffix(".1").open("ab") as end:
        end.write(b"three\n")
    log.write(b"four\n")
    assert log.read() == ["three", "four"]


def test_a_file_that_is_cut_is_read_from_its_start(log: Followed) -> None:
    log.write(b"x" * 500 + b"\n")
    log.read()
    os.truncate(log.path, 0)
    assert log.read() == []
    log.write(b"anew\n")
    assert log.read() == ["anew"]


def test_a_file_that_is_cut_and_outgrows_its_former_self_is_noticed(log: Followed) -> None:
    """As logrotate's copytruncate leaves it between two looks."""
    log.write(b"one\ntwo\n")
    log.read()
    os.truncate(log.path, 0)
    log.write(b"three\nfour\nfive\n")
    assert log.read() == ["three", "four", "five"]


def test_of_a_huge_file_only_the_tail_is_read(log: Followed) -> None:
    """10 GB on paper, none of it on the disk."""
    os.truncate(log.path, 10_000_000_000)
    log.write(b"\nthe end\n")
    began_s = time.process_time()
    lines = log.read()
    assert time.process_time() - began_s < 1
    assert lines[-1] == "the end"
    assert sum(map(len, lines)) < 2 * MOST_LINE_BYTES
    log.write(b"and more\n")
    assert log.read() == ["and more"]


def test_the_tail_begins_with_a_whole_line(log: Followed) -> None:
    lines = [f"line {number:06}" for number in range(2 * TAIL_BYTES // 12)]
    log.write("\n".join(lines).encode() + b"\n")
    found = log.read()
    assert found == lines[-len(found) :]
    assert TAIL_BYTES - 100 < sum(len(each) + 1 for each in found) <= TAIL_BYTES


def test_a_log_that_grows_too_fast_is_caught_up_with_and_the_gap_is_told(log: Followed) -> None:
    log.write(b"one\n")
    log.read()
    log.write((b"y" * 99 + b"\n") * (2 * MOST_A_LOOK_BYTES // 100))
    first, *rest = log.follower.read()
    assert first.is_service
    assert "bytes of the log unread" in first.text
    assert {each.text for each in rest} == {"y" * 99}
    log.write(b"last\n")
    assert log.read() == ["last"]


def test_binary_garbage_is_lines_all_the_same(log: Followed) -> None:
    log.write(bytes(range(256)) * 10 + b"\n")
    assert "\ufffd" in "".join(log.read())


def test_a_very_long_line_is_shortened(log: Followed) -> None:
    log.write(b"z" * (3 * MOST_LINE_BYTES))
    assert log.read() == []
    log.write(b"z\nnext\n")
    long, following = log.read()
    assert long == "z" * MOST_LINE_BYTES + f" … and {2 * MOST_LINE_BYTES + 1} bytes more"
    assert following == "next"


def test_a_pipe_by_name_is_let_be(tmp_path: Path) -> None:
    """What is read from it would be lost to the one it is meant for."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableError, match="no file"):
        FileFollower(pipe).read()


def test_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileFollower(tmp_path / "none").read()


@given(st.binary(max_size=200), st.lists(st.integers(0, 200)))
def test_lines_are_the_same_however_they_come(data: bytes, cuts: list[int]) -> None:
    whole = LineCutter(20).feed(data)
    cutter, found, last = LineCutter(20), [], 0
    for at in [*sorted(cuts), len(data)]:
        found += cutter.feed(data[last:at])
        last = max(last, at)
    assert found == whole
