"""Frames on standard output: one made of two looks, or all of them, each as soon as it is there."""

import io
import json
from collections.abc import AsyncGenerator, Iterable
from datetime import timedelta

import frames
import pytest
from feeds import PlayedFeed

from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.outputs import show
from ollama_top.outputs.show import NothingReadError, json_printer, once, plain_printer, watch


def tick(number: int) -> Frame:
    return frames.frame(taken_at=frames.NOW + timedelta(seconds=number))


class EndingFeed(PlayedFeed):
    """Plays Frames and comes to an end, as no live feed does; an error may end it."""

    def __init__(self, played: Iterable[Frame], error: BaseException | None = None) -> None:
        super().__init__(played)
        self.error = error
        self.is_closed = False

    async def frames(self) -> AsyncGenerator[Frame, None]:
        try:
            for frame in self._played:
                yield frame
            if self.error is not None:
                raise self.error
        finally:
            self.is_closed = True


def test_one_look_is_the_second_of_two_half_a_second_apart() -> None:
    feed = EndingFeed(map(tick, range(9)))
    asked: list[tuple[float, float]] = []
    printed: list[Frame] = []

    def make(interval_s: float, patience_s: float) -> EndingFeed:
        asked.append((interval_s, patience_s))
        return feed

    once(make, printed.append)
    assert printed == [tick(1)]
    assert asked == [(0.5, show.PATIENCE_S)]
    assert feed.is_closed


def test_watching_prints_every_frame_until_interrupted() -> None:
    printed: list[Frame] = []
    with pytest.raises(KeyboardInterrupt):
        watch(lambda: EndingFeed(map(tick, range(3)), KeyboardInterrupt()), printed.append)
    assert printed == [tick(0), tick(1), tick(2)]


def test_a_machine_that_tells_nothing_is_said_to_tell_nothing() -> None:
    def fail(_: float, __: float) -> EndingFeed:
        return EndingFeed([], PermissionError(13, "Permission denied"))

    with pytest.raises(NothingReadError, match="Permission denied"):
        once(fail, pytest.fail)
    with pytest.raises(NothingReadError, match="Permission denied"):
        watch(lambda: fail(0, 0), pytest.fail)


def test_a_reader_that_goes_away_is_no_error_of_reading() -> None:
    def go_away(_: Frame) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        once(lambda *_: EndingFeed(map(tick, range(2))), go_away)
    with pytest.raises(BrokenPipeError):
        watch(lambda: EndingFeed(map(tick, range(2))), go_away)


def test_json_is_indented_for_a_reader_and_one_line_for_a_stream(capsys: pytest.CaptureFixture[str]) -> None:
    json_printer(watch=False)(tick(0))
    one = capsys.readouterr().out
    assert one.startswith('{\n  "format": "ollama-top/1",\n')
    assert one.endswith("\n}\n")
    for number in range(2):
        json_printer(watch=True)(tick(number))
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["taken_at"] for line in lines] == [
        "2026-03-14T15:09:26.000Z",
        "2026-03-14T15:09:27.000Z",
    ]
    assert json.loads(lines[0]) == json.loads(one)


def test_plain_frames_of_a_stream_are_set_apart(capsys: pytest.CaptureFixture[str]) -> None:
    plain_printer(watch=False)(tick(0))
    one = capsys.readouterr().out
    assert one.strip() == one.removesuffix("\n")
    plain_printer(watch=True)(tick(0))
    assert capsys.readouterr().out == f"{one}\n"


def test_what_the_terminals_encoding_lacks_is_spelt_out(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="latin-1"))
    plain_printer(watch=False)(frames.frame(verdict=Verdict(Severity.OK, "größe 模型")))
    assert "größe \\u6a21\\u578b".encode("latin-1") in written.getvalue()


def test_prometheus_is_one_sample_a_line_whatever_a_name_holds(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\x1e\u2028\x1b[2Jb"
    once(
        lambda *_: EndingFeed([tick(0), frames.frame(models=(frames.model(name),))]), show.prometheus_printer
    )
    printed = capsys.readouterr().out
    sizes = [line for line in printed.split("\n") if line.startswith("ollama_top_model_size_bytes")]
    assert sizes == ['ollama_top_model_size_bytes{model="a␞\\u2028␛[2Jb"} 1288490188']
    assert "\x1b" not in printed
