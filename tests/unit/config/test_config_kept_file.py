"""The file of what is kept: never broken, never lost, whoever else is at it and whatever the disk says."""

import fcntl
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from ollama_top.config import kept_file, state_file
from ollama_top.config.kept import Kept
from ollama_top.config.kept_file import LARGEST_BYTES, KeptFile, NotKeptError, file_for

NEWER = '{"format": "ollama-top view 2", "values": {"theme": "day"}}'


@pytest.fixture
def file(tmp_path: Path) -> KeptFile:
    return KeptFile(tmp_path / "state" / "view.json", "me")


def written(file: KeptFile, content: bytes) -> Path:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_bytes(content)
    return file.path


def names(file: KeptFile) -> list[str]:
    return sorted(each.name for each in file.path.parent.iterdir())


def test_what_was_saved_is_loaded(file: KeptFile) -> None:
    assert file.load() == (Kept(), None)
    assert file.save({"theme": "night"}) is None
    assert file.save({"zoomed": "slots"}) is None
    assert file.load() == (Kept("night", "slots"), None)
    assert KeptFile(file.path, "me").save({"theme": None}) is None
    assert file.load() == (Kept(None, "slots"), None)


def test_it_is_its_owners_alone_and_nothing_else_is_left(file: KeptFile) -> None:
    file.save({"theme": "night"})
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert names(file) == [".lock", "view.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b'{"format": "another"}', b" " * (LARGEST_BYTES + 1)]
)
def test_a_broken_file_is_told_and_put_aside_before_the_next_is_written(
    file: KeptFile, content: bytes
) -> None:
    path = written(file, content)
    kept, problem = file.load()
    assert kept == Kept()
    assert problem is not None
    assert str(path) in problem
    assert path.read_bytes() == content
    note = file.save({"theme": "day"})
    aside = path.with_name("view.json.broken-1")
    assert note is not None
    assert aside.name in note
    assert aside.read_bytes() == content
    assert file.load() == (Kept("day"), None)


def test_a_second_broken_file_does_not_take_the_place_of_the_first(file: KeptFile) -> None:
    for number in (1, 2):
        path = written(file, b"broken %d" % number)
        file.save({"theme": "day"})
        assert path.with_name(f"view.json.broken-{number}").read_bytes() == b"broken %d" % number


def test_a_newer_file_is_let_be(file: KeptFile) -> None:
    path = written(file, NEWER.encode())
    kept, problem = file.load()
    assert kept == Kept()
    assert problem is not None
    assert "newer" in problem
    with pytest.raises(NotKeptError, match="newer ollama-top"):
        file.save({"theme": "day"})
    assert names(file) == [".lock", "view.json"]
    assert path.read_text() == NEWER


def test_a_file_that_cannot_be_read_is_told_and_not_written_over(file: KeptFile) -> None:
    path = file.path
    path.mkdir(parents=True)
    _, problem = file.load()
    assert problem == f"The kept view cannot be read, Is a directory: {path}"
    with pytest.raises(NotKeptError, match="Is a directory"):
        file.save({"theme": "day"})
    assert path.is_dir()


@pytest.mark.parametrize(
    ("owner", "name", "number", "words"),
    [
        (os, "fsync", 28, "No space left on device"),
        (state_file.tempfile, "mkstemp", 30, "Read-only file system"),
        (Path, "replace", 13, "Permission denied"),
        (Path, "mkdir", 30, "Read-only file system"),
    ],
)
def test_a_disk_that_refuses_is_told_and_the_old_file_stays(
    file: KeptFile, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, number: int, words: str
) -> None:
    file.save({"theme": "night"})
    with monkeypatch.context() as patch:

        def fail(*_: Any, **__: Any) -> None:
            raise OSError(number, os.strerror(number))

        patch.setattr(owner, name, fail)
        with pytest.raises(NotKeptError, match=words):
            file.save({"theme": "day"})
    assert file.load() == (Kept("night"), None)
    assert names(file) == [".lock", "view.json"]


def test_monitors_that_write_at_once_lose_nothing_of_each_other(file: KeptFile) -> None:
    def write(number: int) -> None:
        mine = KeptFile(file.path, "me")
        for step in range(10):
            mine.save({f"columns.{number}": [str(step)]})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    while any(each.is_alive() for each in threads):
        if file.path.exists():
            json.loads(file.path.read_text())
    assert file.load()[0].columns == {str(number): ("9",) for number in range(4)}


def test_a_lock_that_is_not_given_back_is_not_waited_for(
    file: KeptFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.save({"theme": "night"})
    monkeypatch.setattr(state_file, "LOCK_PATIENCE_S", 0.05)
    holder = os.open(file.path.with_name(kept_file.LOCK), os.O_RDWR)
    fcntl.flock(holder, fcntl.LOCK_EX)
    try:
        with pytest.raises(NotKeptError, match="is not kept"):
            file.save({"theme": "day"})
    finally:
        os.close(holder)
    assert file.save({"theme": "day"}) is None


def test_a_file_system_without_locks_will_do(file: KeptFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    file.save({"theme": "day"})
    assert file.load() == (Kept("day"), None)


def test_each_server_and_each_machine_has_its_own_file(tmp_path: Path) -> None:
    found = {
        file_for(server, machine).path.name
        for server in (
            "http://127.0.0.1:11434",
            "http://127.0.0.1:11435",
            "the demo",
            "http://a/b?c",
            "x" * 999,
        )
        for machine in ("box", "other", "", "\ud800")
    }
    assert len(found) == 20
    assert all(name.isascii() and len(name) < 100 and "/" not in name for name in found)
    path = file_for("http://127.0.0.1:11434", "box").path
    assert path.parent == Path(os.environ["XDG_STATE_HOME"]) / "ollama-top"
    assert path.name.startswith("view-box-127.0.0.1-11434-")
