"""The journal of changes: what is kept of them, whatever became of the disk, the clock or the file."""

import json
import os
from pathlib import Path

import pytest
from apply_plans import N, plan
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.apply import journal_text
from ollama_top.apply.journal import BusyError, Journal, JournalError
from ollama_top.apply.undoing import cut_off_words, has_restarted, may_go_on
from ollama_top.model.receipt import Outcome, Way

NUMBERS = st.integers(-3, 9)
LINES = (
    st.binary(max_size=60)
    | st.builds(
        lambda n, way: line({"begun": {"way": way, "step": n, "at": "2026-11-30T10:00:00+00:00"}}),
        NUMBERS,
        st.sampled_from(["there", "back", "up", 3, None]),
    )
    | st.builds(
        lambda word: line({"outcome": word, "text": word}),
        st.sampled_from(["kept", "failed", "called off", "", None, 4, "of tomorrow"]),
    )
    | st.sampled_from([b"[]", b"3", b"null", b"{}", b"[" * 100_000, b'{"begun":', b'{"begun": []}'])
)


def line(document: object) -> bytes:
    return json.dumps(document).encode()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    found = Journal(tmp_path / "changes")
    with found.alone("a test"):
        return found


def the_file(journal: Journal) -> Path:
    (found,) = journal.folder.glob("*.ndjson")
    return found


def test_a_change_is_on_the_disk_before_its_steps(journal: Journal, tmp_path: Path) -> None:
    writer = journal.start(plan(tmp_path))
    (entry,) = journal.entries()
    assert (entry.plan, entry.begun, entry.outcome) == (plan(tmp_path), (), None)
    writer.begin(Way.THERE, 0)
    writer.begin(Way.BACK, 1)
    (entry,) = journal.entries()
    assert [(each.way, each.step) for each in entry.begun] == [(Way.THERE, 0), (Way.BACK, 1)]
    assert not may_go_on(entry)
    writer.end(Outcome.ROLLED_BACK, "It was taken back.")
    (entry,) = journal.entries()
    assert (entry.outcome, entry.text) == (Outcome.ROLLED_BACK, "It was taken back.")
    assert the_file(journal).stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_is_none(journal: Journal, tmp_path: Path) -> None:
    writer = journal.start(plan(tmp_path))
    writer.begin(Way.THERE, 0)
    whole = the_file(journal).read_bytes()
    writer.begin(Way.THERE, 1)
    text = the_file(journal).read_bytes()
    for length in range(len(whole), len(text)):
        the_file(journal).write_bytes(text[:length])
        (entry,) = journal.entries()
        assert len(entry.begun) == 1 + (length == len(text) - 1), "but for its own end"
        writer.end(Outcome.KEPT, "done")
        assert [each.outcome for each in journal.entries()] == [Outcome.KEPT], "what comes after counts"


@given(lines=st.lists(LINES, max_size=5))
def test_no_bytes_are_too_much(lines: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fuzzed")
    journal = Journal(folder)
    journal.start(plan(folder))
    with the_file(journal).open("ab") as file:
        file.write(b"\n" + b"\n".join(lines))
    for entry in journal.entries():
        assert cut_off_words(entry)
        assert has_restarted(entry) is False
    assert len(journal.entries()) + len(journal.unread()) == 1


@given(text=st.binary(max_size=300))
def test_nor_is_any_file(text: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    journal = Journal(tmp_path_factory.mktemp("fuzzed"))
    (journal.folder / "1.ndjson").write_bytes(text)
    assert (journal.entries(), len(journal.unread())) == ((), 1)
    assert journal.cut_off() is None


def test_what_another_version_wrote_is_told_and_not_guessed_at(journal: Journal, tmp_path: Path) -> None:
    journal.start(plan(tmp_path))
    text = the_file(journal).read_bytes()
    the_file(journal).write_bytes(text.replace(b'"version": 1', b'"version": 2'))
    assert (journal.entries(), journal.unread()) == ((), (str(the_file(journal)),))


def test_a_file_too_large_is_not_read_in_part(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.start(plan(tmp_path)).end(Outcome.KEPT, "done")
    monkeypatch.setattr(journal_text, "LARGEST_BYTES", the_file(journal).stat().st_size - 1)
    assert (journal.entries(), len(journal.unread())) == ((), 1), "its end may be what it is about"


def test_a_disk_that_gets_full_is_told(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = journal.start(plan(tmp_path))
    left = iter([3, 5])

    def write(descriptor: int, text: bytes) -> int:
        taken = next(left, None)
        if taken is None:
            raise OSError(28, "No space left on device")
        return real(descriptor, text[:taken])

    real = os.write
    monkeypatch.setattr(os, "write", write)
    with pytest.raises(JournalError, match="No space left"):
        writer.begin(Way.THERE, 0)
    left = iter([3, 5])
    with pytest.raises(JournalError, match="No space left"):
        journal.start(plan(tmp_path))
    monkeypatch.undo()
    (entry,) = journal.entries()
    assert entry.begun == ()
    assert journal.unread() == (), "what was not begun leaves nothing"


@pytest.mark.parametrize("call", ["ftruncate", "pwrite"])
def test_a_disk_that_is_full_before_it_begins_is_told(
    journal: Journal, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(JournalError, match="No space left"), journal.alone("this"):
        raise AssertionError
    monkeypatch.undo()
    with journal.alone("that"):
        pass


def test_one_at_a_time(journal: Journal) -> None:
    with (
        journal.alone("this"),
        pytest.raises(BusyError, match=rf"process {os.getpid()} .*this\) changes settings now"),
        journal.alone("that"),
    ):
        raise AssertionError
    with journal.alone("that"):
        pass


def test_it_is_not_kept_where_others_write(journal: Journal) -> None:
    journal.folder.chmod(0o770)
    with pytest.raises(JournalError, match="can be written by others"), journal.alone("this"):
        raise AssertionError
    journal.folder.chmod(0o700)
    (journal.folder / ".lock").unlink()
    (journal.folder / "other").write_text("mine")
    (journal.folder / ".lock").symlink_to(journal.folder / "other")
    with pytest.raises(JournalError), journal.alone("this"):
        raise AssertionError
    assert (journal.folder / "other").read_text() == "mine"


def test_nowhere_to_write_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be written"), Journal(tmp_path / "file/changes").alone(""):
        raise AssertionError


@pytest.fixture
def many(journal: Journal, tmp_path: Path) -> Journal:
    for _ in range(3):
        journal.start(plan(tmp_path)).end(Outcome.KEPT, "done")
    return journal


def test_the_last_in_force_is_the_one_to_undo(many: Journal, tmp_path: Path) -> None:
    first, second, third = (each.name for each in many.entries())
    url = plan(tmp_path).url

    def last() -> str | None:
        found = many.last_left(url)
        return found.name if found else None

    assert (last(), many.last_left("http://other:1")) == (third, None)
    back = many.start(plan(tmp_path), undoes=third)
    back.end(Outcome.KEPT, "taken back")  # and cut off before that was noted with the other
    assert last() == second
    many.writer(second).end(Outcome.UNDONE, "taken back")
    assert last() == first
    many.start(plan(tmp_path)).end(Outcome.FAILED, "neither way")
    failed = many.entries()[-1].name
    assert last() == failed
    assert "tries it again" in cut_off_words(many.entries()[-1])
    many.start(plan(tmp_path)).end(Outcome.KEPT, "done")
    newest = many.entries()[-1].name
    assert last() == newest
    many.start(plan(tmp_path), undoes=newest).end(Outcome.KEPT, "taken back")
    assert last() == first, "what failed before a good end is the past"


def test_what_goes_on_is_cut_off_until_it_ends_again(journal: Journal, tmp_path: Path) -> None:
    writer = journal.start(plan(tmp_path))
    writer.end(Outcome.FAILED, "neither way")
    assert journal.cut_off() is None
    writer.begin(Way.BACK, 0)
    found = journal.cut_off()
    assert found
    assert (found.outcome, found.text) == (None, None)


def test_old_ones_are_forgotten_but_none_that_was_cut_off(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ollama_top.apply.journal.MOST_KEPT", 3)
    journal.start(plan(tmp_path))
    for _ in range(5):
        journal.start(plan(tmp_path)).end(Outcome.KEPT, "done")
    outcomes = [each.outcome for each in journal.entries()]
    assert outcomes[0] is None
    assert len(outcomes) == 4
    assert all(change.name == N for each in journal.entries() for change in each.plan.changes)


def test_another_machines_changes_are_not_ours(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.start(plan(tmp_path))
    monkeypatch.setattr("platform.node", lambda: "elsewhere")
    assert (journal.entries(), journal.cut_off(), journal.unread()) == ((), None, ())
