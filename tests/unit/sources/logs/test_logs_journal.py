"""The journal is followed through a journalctl that prints as the real one does."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_programs import is_alive, stand_in

from ollama_top.model.reading import Why
from ollama_top.sources.logs import journal
from ollama_top.sources.logs.follower import MOST_LINE_BYTES, UnreadableError, Wrote
from ollama_top.sources.logs.journal import JournalFollower

AT = datetime(2026, 11, 23, 9, 9, 40, 261000, UTC)
MATCH = "--unit=ollama.service"


def entry(message: object = "hello", **fields: object) -> str:
    """A line of journalctl's, as version 252 prints it with these options."""
    whole = {
        "__CURSOR": "s=1;i=2",
        "__REALTIME_TIMESTAMP": "1795424980261000",
        "__MONOTONIC_TIMESTAMP": "5",
        "_BOOT_ID": "0" * 32,
        "MESSAGE": message,
        "_COMM": "ollama",
    }
    return json.dumps(whole | fields)


def printed(*lines: str) -> str:
    return "\n".join(["cat <<'END'", *lines, "END", "echo $$ > $(dirname $0)/pid", "exec sleep 60"])


@pytest.fixture
def follower() -> JournalFollower:
    return JournalFollower([MATCH], UTC)


def test_the_tail_is_asked_for_and_then_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: JournalFollower
) -> None:
    asked = stand_in(
        tmp_path / "bin", monkeypatch, "journalctl", printed(entry("one"), entry("two", _COMM="systemd"))
    )
    assert follower.read() == [Wrote("one", AT), Wrote("two", AT, is_service=True)]
    assert follower.read() == []
    words = asked.read_text().split()
    assert {MATCH, "--follow", "--lines=4000", "--output=json"} <= {*words}
    pid = int((tmp_path / "bin" / "pid").read_text())
    assert is_alive(pid)
    follower.close()
    assert not is_alive(pid)


def test_after_an_end_it_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: JournalFollower
) -> None:
    asked = stand_in(tmp_path / "bin", monkeypatch, "journalctl", f"echo '{entry('one')}'")
    assert [each.text for each in follower.read()] == ["one"]
    assert follower.read() == [], "not at once"
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 60)
    assert [each.text for each in follower.read()] == ["one"]
    assert "--after-cursor=s=1;i=2" in asked.read_text().splitlines()[1]
    assert "--lines" not in asked.read_text().splitlines()[1]


@pytest.mark.parametrize(
    "words",
    [
        "Hint: You are currently not seeing messages from other users and the system.",
        "No journal files were opened due to insufficient permissions.",
    ],
)
def test_a_journal_that_may_not_be_read_says_what_would_help(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: JournalFollower
) -> None:
    """The words of systemd 252."""
    stand_in(tmp_path / "bin", monkeypatch, "journalctl", f"echo '{words}' >&2; exit 1")
    for _ in range(2):
        with pytest.raises(UnreadableError, match="systemd-journal") as raised:
            follower.read()
        assert raised.value.why is Why.DENIED


def test_a_journalctl_that_fails_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: JournalFollower
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "journalctl", "echo 'Failed to add match' >&2; exit 1")
    with pytest.raises(UnreadableError, match="journalctl: Failed to add match"):
        follower.read()


def test_without_journalctl_there_is_no_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: JournalFollower
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "journalctl", None)
    with pytest.raises(UnreadableError, match="not installed"):
        follower.read()


def test_a_journal_without_an_entry_yet_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: JournalFollower
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "journalctl", "exec sleep 60")
    began_s = time.monotonic()
    assert follower.read() == []
    assert follower.read() == []
    assert time.monotonic() - began_s < 4
    follower.close()


def test_an_entry_may_be_several_lines_or_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: JournalFollower
) -> None:
    lines = [
        entry("a\nb"),
        entry([104, 255, 105]),
        entry(None),
        entry("q" * 9999),
        "no entry",
        "[1]",
        entry("c", __REALTIME_TIMESTAMP="x"),
    ]
    stand_in(tmp_path / "bin", monkeypatch, "journalctl", printed(*lines))
    found = [each.text for each in follower.read()]
    assert found == ["a", "b", "h\ufffdi", "", "q" * MOST_LINE_BYTES, "c"]
    follower.close()


@given(
    st.dictionaries(
        st.sampled_from(["MESSAGE", "__CURSOR", "__REALTIME_TIMESTAMP", "_COMM"]),
        st.text() | st.integers() | st.lists(st.integers() | st.text()) | st.none(),
    )
)
def test_any_entry_is_lines(fields: dict[str, object]) -> None:
    follower = JournalFollower([MATCH], UTC)
    assert all(isinstance(each.text, str) for each in follower._entry(json.dumps(fields)))
    assert follower._cursor is None or isinstance(follower._cursor, str)


def test_the_waits_are_short() -> None:
    assert journal.AGAIN_AFTER_S >= 5, "a journalctl that fails is not started again and again"
