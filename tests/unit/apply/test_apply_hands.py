"""One step carried out: a file that is whole at every moment, and a command that no terminal reaches."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from apply_plans import plan, shell
from hypothesis import given
from hypothesis import strategies as st
from running import ROOT

from ollama_top.apply import hands
from ollama_top.apply.hands import Hands, StepError, may_be_done, run, text_of
from ollama_top.control.edits import ChangedSinceError, edit_between
from ollama_top.model.plan import Step, StepKind

TEXTS = st.lists(st.sampled_from(["a=1\n", "%", "'\"$`\\", "é", "\r\n", "\udcff", " "])).map("".join)


def edited(path: Path, before: str | None, after: str | None) -> Step:
    return Step(StepKind.EDIT, edit_between(str(path), before, after))


@given(before=st.none() | TEXTS, after=TEXTS)
def test_what_is_written_is_what_stands_there(
    before: str | None, after: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("written") / "a folder; $(x) 'q'/50 ü.conf"
    if before is not None:
        path.parent.mkdir()
        path.write_bytes(before.encode(errors="surrogateescape"))
    Hands().do(edited(path, before, after))
    if before != after:
        assert text_of(path) == after
        assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_mode_and_owner_stay_and_a_new_file_may_be_read_by_all(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("a\n")
    old.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(old, 12, 34)
    owner = (old.stat().st_uid, old.stat().st_gid)
    Hands().do(edited(old, "a\n", "b\n"))
    Hands().do(edited(new, None, "b\n"))
    assert (old.stat().st_mode & 0o777, new.stat().st_mode & 0o777) == (0o640, 0o644)
    assert (old.stat().st_uid, old.stat().st_gid) == owner


def test_a_file_is_removed_and_a_folder_that_is_left_empty(tmp_path: Path) -> None:
    path = tmp_path / "ollama.service.d/own.conf"
    Hands().do(edited(path, None, "a\n"))
    Hands().do(edited(path, "a\n", None))
    assert list(tmp_path.iterdir()) == []
    Hands().do(edited(path, None, "a\n"))
    (path.parent / "other.conf").write_text("")
    Hands().do(edited(path, "a\n", None))
    assert [each.name for each in path.parent.iterdir()] == ["other.conf"]


def test_links_stay_links(tmp_path: Path) -> None:
    real, file, folder = tmp_path / "real", tmp_path / "file", tmp_path / "folder"
    real.mkdir()
    (real / "a.conf").write_text("a\n")
    file.symlink_to(real / "a.conf")
    folder.symlink_to(real)
    Hands().do(edited(file, "a\n", "b\n"))
    Hands().do(edited(folder / "a.conf", "b\n", "c\n"))
    Hands().do(edited(folder / "new.conf", None, "n\n"))
    assert file.is_symlink()
    assert folder.is_symlink()
    assert {each.name: each.read_text() for each in real.iterdir()} == {"a.conf": "c\n", "new.conf": "n\n"}


def test_what_is_no_file_is_let_be(tmp_path: Path) -> None:
    pipe, null, folder = tmp_path / "pipe", tmp_path / "null", tmp_path / "folder"
    os.mkfifo(pipe)
    null.symlink_to("/dev/null")
    folder.mkdir()
    for each in (pipe, null, folder):
        with pytest.raises(StepError, match="no file of text"):
            Hands().do(edited(each, "", "a\n"))
        words, content = hands.words_for(os.path.realpath(each), "a\n")
        with pytest.raises(StepError):  # nor by the script alone, where it becomes one meanwhile
            run(words, content)
    assert Path("/dev/null").is_char_device()


def test_what_somebody_changed_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "own.conf"
    path.write_text("mine\n")
    step = edited(path, None, "a\n")
    with pytest.raises(ChangedSinceError):
        Hands().do(step)
    assert step.edit
    assert (path.read_text(), may_be_done(step.edit)) == ("mine\n", False)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "own.conf"
    path.write_text("old\n")
    words, content = hands.words_for(str(path), "n" * 200_000)
    full = f"ulimit -f 8; trap '' XFSZ; exec {shlex.join(words)}"
    with pytest.raises(StepError):
        run(["sh", "-c", full], content)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("own.conf", "old\n")]


def test_a_command_that_fails_says_its_own_words_and_none_of_the_file() -> None:
    with pytest.raises(StepError, match=r"sh failed \(status 3\): first second"):
        run(["sh", "-c", "echo first >&2; echo second >&2; exit 3"], b"secret")
    with pytest.raises(StepError, match="without a word"):
        run(["sh", "-c", "exit 1"])
    with pytest.raises(StepError, match=r"/nowhere/at/all cannot be run: No such file"):
        run(["/nowhere/at/all"])


def test_a_unit_of_which_systemd_remembers_nothing_has_nothing_to_forget() -> None:
    """The words of systemd 252, of a unit that is stopped and not enabled."""
    words = "Failed to reset failed state of unit ollama.service: Unit ollama.service not loaded."
    said = f"echo '{words}' >&2; exit 1"
    Hands().do(shell(StepKind.RESET, said))
    with pytest.raises(StepError, match="not loaded"):
        Hands().do(shell(StepKind.RESTART, said))
    with pytest.raises(StepError, match="Access denied"):
        Hands().do(shell(StepKind.RESET, "echo 'Access denied' >&2; exit 4"))


def test_a_command_that_does_not_end_is_ended(tmp_path: Path) -> None:
    began_s = time.monotonic()
    with pytest.raises(StepError, match="has not ended after 0 s"):
        run(["sleep", "60"], limit_s=0.1)
    step = shell(StepKind.RESTART, "sleep 60")
    with pytest.raises(StepError, match="has not ended"):
        Hands().do(step, 0.1)
    assert time.monotonic() - began_s < 10


def test_one_that_is_roots_and_cannot_be_ended_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As sudo: a user may not signal it."""
    left = threading.Event()

    def refuse(group: int, number: int) -> None:
        left.set()
        raise PermissionError(1, f"Operation not permitted: {group}, {number}")

    monkeypatch.setattr(os, "killpg", refuse)
    began_s = time.monotonic()
    with pytest.raises(StepError, match="has not ended"):
        run(["sleep", "3"], limit_s=0.1)
    assert left.is_set()
    assert time.monotonic() - began_s < 2


def test_ctrl_c_does_not_reach_what_is_being_done(tmp_path: Path) -> None:
    """All that a terminal signals at Ctrl+C is the group of the program itself."""
    script = f"""
import signal
from ollama_top.apply.hands import run
signal.signal(signal.SIGINT, lambda *_: None)
print(1, flush=True)
run(["sh", "-c", "sleep 0.5; echo done >'{tmp_path / "done"}'"])
"""
    words = [sys.executable, "-c", script]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, process_group=0) as process:
        assert process.stdout
        assert process.stdout.readline() == "1\n"
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 0
    assert (tmp_path / "done").read_text() == "done\n"


def test_words_of_another_language_are_not_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    with pytest.raises(StepError, match=r"C$"):
        run(["sh", "-c", 'echo "$LC_ALL" >&2; exit 1'])


def sudo(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A sudo of ours that is found first, and notes what it is asked."""
    log = folder / "asked"
    program = folder / "sudo"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" | head -n 1 >>{shlex.quote(str(log))}\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


def test_sudo_is_asked_for_each_step_and_never_for_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    log = sudo(tmp_path, monkeypatch, '[ "$2" = -l ] && exit 0; shift 2; exec "$@"')
    of = plan(tmp_path, needs_root=True)
    found = hands.hands_for(of)
    assert found
    assert found.may(of.steps)
    for each in of.steps:
        found.do(each)
    asked = log.read_text().splitlines()
    assert len(asked) == 3 * len(of.steps)
    assert all(each.startswith("-n ") for each in asked)
    assert (tmp_path / "drop/own.conf").read_text() == "a=1\n"


def test_without_a_password_that_is_needed_there_are_no_hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    sudo(tmp_path, monkeypatch, 'echo "sudo: a password is required" >&2; exit 1')
    assert hands.hands_for(plan(tmp_path, needs_root=True)) is None
    assert hands.hands_for(plan(tmp_path)) is not None
    assert not Hands(hands.SUDO).may(plan(tmp_path).steps)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert not hands.may_sudo(())
    assert not hands.ask_for_rights()
