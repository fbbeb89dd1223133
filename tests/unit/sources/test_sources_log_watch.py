"""The log of a server is found by what the server holds open, and followed from look to look."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import captured
import pytest
from log_programs import stand_in
from sources_server import ServerProgram

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.sources import proc
from ollama_top.sources.logs import places, watch
from ollama_top.sources.logs.containers import ContainerFollower
from ollama_top.sources.logs.files import FileFollower
from ollama_top.sources.logs.journal import JournalFollower
from ollama_top.sources.logs.places import find_place
from ollama_top.sources.logs.watch import LogWatch
from ollama_top.sources.owner import ServerProcess

OLD = captured.Capture(captured.OLDER).log("parallel2")
BY_HAND = ServerProcess(1, "ann", datetime(2026, 3, 14, tzinfo=UTC), Keeper.MANUAL, None, None)


def known(pid: int, **changes: object) -> Reading[ServerProcess]:
    return Known(replace(BY_HAND, pid=pid, **changes), Source.PROCESSES)  # type: ignore[arg-type] # fields of it


@contextmanager
def writing_to(folder: Path, log: Path) -> Iterator[int]:
    """A server that writes to a file; its process."""
    log.touch()
    with log.open("ab") as opened, ServerProgram(folder, "serve", log=opened) as program:
        yield program.pid


def test_the_file_behind_standard_error_is_read_and_followed(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        log.write_text(OLD)
        watched = LogWatch()
        first = watched.look(known(pid))
        assert first.where == Known(str(log), Source.LOG)
        assert {port: load.parallel for port, load in first.told.loads.items()} == {44587: 2, 37507: 2}
        assert watched.look(known(pid)).told is first.told
        with log.open("a") as end:
            end.write("more\n")
        assert watched.look(known(pid)).told.lines[-1].text == "more"
        watched.close()


def test_a_rotated_file_is_followed_by_what_holds_it_open(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        watched = LogWatch()
        log.write_text("kept\n")
        watched.look(known(pid))
        log.rename(tmp_path / "server.log.1")
        log.write_text("of another\n")
        with (tmp_path / "server.log.1").open("a") as end:
            end.write("of the server\n")
        (tmp_path / "server.log.1").unlink()
        assert [each.text for each in watched.look(known(pid)).told.lines] == ["kept", "of the server"]
        watched.close()


def test_standard_output_and_error_may_be_two_files_or_one(tmp_path: Path) -> None:
    """GIN writes to one of them, the server itself to the other."""
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        two = subprocess.Popen(["sleep", "60"], stdout=out, stderr=err)
        one = subprocess.Popen(["sleep", "60"], stdout=err, stderr=err)
        try:
            assert [name for name, _ in places.open_files(two.pid)] == [
                str(tmp_path / "err"),
                str(tmp_path / "out"),
            ]
            assert [name for name, _ in places.open_files(one.pid)] == [str(tmp_path / "err")]
        finally:
            for each in (two, one):
                each.kill()
                each.wait()


def test_a_server_started_again_goes_on_in_the_same_file(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    watched = LogWatch()
    with writing_to(tmp_path, log) as pid:
        log.write_text("first\n")
        watched.look(known(pid))
    with writing_to(tmp_path, log) as pid:
        with log.open("a") as end:
            end.write("second\n")
        assert [each.text for each in watched.look(known(pid)).told.lines] == ["first", "second"]
    watched.close()


def test_a_server_that_is_not_here_has_no_log_here() -> None:
    elsewhere = Missing(Why.NOT_LOCAL, "no process of this machine listens")
    look = LogWatch().look(elsewhere)
    assert look.where == elsewhere
    assert look.told.lines == ()


@pytest.mark.parametrize(
    ("keeper", "unit", "kind", "name"),
    [
        (Keeper.SYSTEMD, "ollama.service", JournalFollower, "the journal of ollama.service"),
        (Keeper.SYSTEMD_USER, "ollama.service", JournalFollower, "the journal of ollama.service"),
        (Keeper.CONTAINER, "0123456789ab", ContainerFollower, "the log of container 0123456789ab"),
    ],
)
def test_where_no_file_is_open_the_keeper_has_the_log(
    keeper: Keeper, unit: str, kind: type, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proc, "descriptor_path", lambda *_: "socket:[1]")
    place = find_place(replace(BY_HAND, keeper=keeper, unit=unit), UTC)
    assert place.name == Known(name, Source.LOG)
    assert [type(each) for each in place.followers] == [kind]


@pytest.mark.parametrize(
    ("target", "why", "words"),
    [
        ("/dev/pts/3", Why.ABSENT, "the server writes to /dev/pts/3, and its lines are not kept"),
        ("/dev/null", Why.ABSENT, "the server writes to /dev/null"),
        ("pipe:[17]", Why.ABSENT, "the server writes to a pipe"),
        (None, Why.DENIED, "user ann and root only"),
    ],
)
def test_why_there_is_no_log(
    target: str | None, why: Why, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proc, "descriptor_path", lambda *_: target)
    name = find_place(BY_HAND, UTC).name
    assert isinstance(name, Missing)
    assert name.why is why
    assert words in name.hint


def test_a_socket_of_nobodys_unit_leads_to_the_journal_of_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proc, "descriptor_path", lambda *_: "socket:[1]")
    assert find_place(BY_HAND, UTC).name == Known("the journal of process 1", Source.LOG)


def test_a_known_place_counts_only_if_it_was_written_to_since_the_start(tmp_path: Path) -> None:
    old, new = tmp_path / "old.log", tmp_path / "new.log"
    for each in (old, new):
        each.write_text("x\n")
    os.utime(old, (0, 0))
    started_at = datetime.now(UTC) - timedelta(seconds=60)
    place = places._known(started_at, [str(tmp_path / "none"), str(old), "$HOME/x", str(new)])
    assert place.name == Known(str(new), Source.LOG)
    assert isinstance(place.followers[0], FileFollower)
    nowhere = places._known(started_at, [str(old)]).name
    assert isinstance(nowhere, Missing)
    assert nowhere.why is Why.ABSENT


def test_a_log_that_cannot_be_read_says_why_and_keeps_what_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "journalctl", None)
    monkeypatch.setattr(proc, "descriptor_path", lambda *_: "socket:[1]")
    look = LogWatch().look(known(1, keeper=Keeper.SYSTEMD, unit="ollama.service"))
    assert look.where == Missing(Why.ABSENT, "journalctl is not installed here")


def test_a_place_is_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a server's keeper can be told only a moment after its start."""
    monkeypatch.setattr(proc, "descriptor_path", lambda *_: None)
    watched = LogWatch()
    assert isinstance(watched.look(known(os.getpid())).where, Missing)
    monkeypatch.undo()
    assert isinstance(watched.look(known(os.getpid())).where, Missing)
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 2 * watch.AGAIN_AFTER_S)
    log = tmp_path / "log"
    log.touch()
    monkeypatch.setattr(places, "open_files", lambda _: [("log", log)])
    assert watched.look(known(os.getpid())).where == Known("log", Source.LOG)
    watched.close()
