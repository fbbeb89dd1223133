"""Any Frame of a recording can be had, and is that which was recorded."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import frames
import pytest
from recordings import BEGAN, INTERVAL_S, recorded, simulated

from ollama_top.demo.scenarios import STORM
from ollama_top.engine.hour import SPAN_S, extend
from ollama_top.model.frame import Frame
from ollama_top.model.hour import Hour
from ollama_top.model.packed import Unpacker, layout, pack
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.record.files import RecordingError
from ollama_top.record.player import Player
from ollama_top.record.recording import SEGMENT
from ollama_top.record.trim import settled, trimmed

GOOD, BAD = Verdict(Severity.OK, "Nothing waits."), Verdict(Severity.WARNING, "It waits.")


def as_recorded(frame: Frame) -> Frame:
    """A Frame as a recording keeps it."""
    return Unpacker(layout()).unpack(Frame, settled(pack(trimmed(frame, None))))


def calm(count: int, interval_s: float = INTERVAL_S, *, bad: frozenset[int] = frozenset()) -> list[Frame]:
    """Frames that are quickly made, with their hours; those of `bad` numbers with another verdict."""
    found, hour = [], Hour()
    for number in range(count):
        verdict = BAD if number in bad else GOOD
        taken_at = BEGAN + timedelta(seconds=number * interval_s)
        frame = frames.frame(taken_at=taken_at, queue=frames.queue(waiting=number % 7), verdict=verdict)
        hour = extend(hour, frame.snapshot)
        found.append(replace(frame, hour=hour))
    return found


def test_every_frame_comes_back_in_any_order(tmp_path: Path) -> None:
    written = recorded(tmp_path / "record", simulated(60, STORM))
    player = Player(tmp_path / "record")
    numbers = [*range(60), *random.Random(1).sample(range(60), 30)]
    for number in numbers:
        assert player.frame(number) == as_recorded(written[number])
        assert player.time(number) == written[number].snapshot.taken_at
        assert player.severity(number) is written[number].verdict.severity


def test_the_hour_reaches_back_over_segments(tmp_path: Path) -> None:
    written = recorded(tmp_path / "record", calm(4 * SEGMENT + 50, 4.0))
    player = Player(tmp_path / "record")
    for number in (0, 1, SEGMENT - 1, SEGMENT, 2 * SEGMENT + 10, len(player) - 1):
        assert player.frame(number).hour == written[number].hour


def test_the_hour_reaches_back_to_before_the_recording_began(tmp_path: Path) -> None:
    written = calm(2 * SEGMENT, 4.0)
    recorded(tmp_path / "record", written[SEGMENT:])
    player = Player(tmp_path / "record")
    assert player.frame(len(player) - 1).hour == written[-1].hour


def test_the_hour_reaches_back_over_a_restart(tmp_path: Path) -> None:
    """The last points before a crash are those that nothing tells."""
    recorded(tmp_path / "record", calm(SEGMENT + 10))
    later = frames.frame(taken_at=BEGAN + timedelta(seconds=SPAN_S - 60))
    recorded(tmp_path / "record", [replace(later, hour=extend(Hour(), later.snapshot))])
    player = Player(tmp_path / "record")
    hour = player.frame(len(player) - 1).hour
    assert len(hour) == SEGMENT + 1 + 1


def test_changes_of_the_verdict_are_found(tmp_path: Path) -> None:
    recorded(tmp_path / "record", calm(40, bad=frozenset({10, 11, 12, 30})))
    player = Player(tmp_path / "record")
    found, number = [], 0
    while (after := player.change_after(number)) is not None:
        found.append(number := after)
    assert found == [10, 13, 30, 31]
    assert [player.change_before(each) for each in (39, 31, 30, 11, 10, 0)] == [31, 30, 13, 10, None, None]


def test_a_moment_is_found(tmp_path: Path) -> None:
    recorded(tmp_path / "record", calm(10))
    player = Player(tmp_path / "record")
    began_s = BEGAN.timestamp()
    assert [player.nearest(began_s + each) for each in (-5, 0, 1.9, 2.0, 7, 900)] == [0, 0, 0, 1, 3, 9]


@pytest.mark.parametrize("content", [b"", b"my thesis", b"ollama-top recording 9\n"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "thesis").write_bytes(content)
    for path in (tmp_path / "thesis", tmp_path, tmp_path / "none"):
        with pytest.raises(RecordingError):
            Player(path)


def test_a_recording_without_a_frame_is_refused(tmp_path: Path) -> None:
    recorded(tmp_path / "record", [])
    with pytest.raises(RecordingError, match="no whole Frame"):
        Player(tmp_path / "record")


def test_what_is_damaged_ends_it(tmp_path: Path) -> None:
    recorded(tmp_path / "record", calm(20))
    data = bytearray((tmp_path / "record").read_bytes())
    data[-1] ^= 1
    (tmp_path / "record").write_bytes(data)
    player = Player(tmp_path / "record")
    assert len(player) == 19
    assert player.lost_bytes > 0
    assert player.frame(18).snapshot.taken_at == BEGAN + timedelta(seconds=36)


def test_it_is_read_while_it_is_written(tmp_path: Path) -> None:
    from ollama_top.record.recording import Recording

    recording, written = Recording(tmp_path / "record"), calm(3)
    recording.add(written[0])
    first = Player(tmp_path / "record")
    recording.add(written[1])
    assert (len(first), len(Player(tmp_path / "record"))) == (1, 2)
    assert first.frame(0).snapshot == written[0].snapshot
    recording.close()
