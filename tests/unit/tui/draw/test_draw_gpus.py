"""The graphics cards as meters: what a line says, however many stand beside it."""

from dataclasses import replace
from typing import Any

import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import Line, Role
from ollama_top.columns.gpus import GPUS
from ollama_top.model.frame import Frame
from ollama_top.model.gpu import Throttle, Vendor
from ollama_top.model.history import GpuHistory
from ollama_top.model.light import LightState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.tui.draw.gpus import gpu_meters
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.tables import Stand, arrange
from ollama_top.tui.view import View


def view(frame: Frame | None, **changes: Any) -> View:
    return replace(View(frame, "http://127.0.0.1:11434", 2.0), **changes)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def roles(line: Line, word: str) -> set[Role]:
    return {cell.role for cell in line if word in cell.text}


def test_a_card_has_a_line_of_its_own() -> None:
    lines = gpu_meters(view(scenes.busy()), 80, 2, None)
    assert text(lines[0]).startswith("  0 RTX 4090       ━━━━━━━╸───── 14.1/24.0G   97%  71°C   312W  ")
    assert {len(text(line)) for line in lines} == {80}


def test_many_cards_share_lines() -> None:
    lines = gpu_meters(view(scenes.crowded()), 80, 4, None)
    assert len(lines) == 4
    assert all(f" {index} " in text(lines[index // 2]) for index in range(8))


def test_cards_without_room_are_counted() -> None:
    lines = gpu_meters(view(scenes.crowded()), 80, 2, None)
    assert "and 5 more" in text(lines[-1])


def test_a_card_that_failed_says_why() -> None:
    assert "the GPU is lost" in text(gpu_meters(view(troubles.lost_card()), 80, 2, None)[0])
    assert "the GPU is lost" in text(gpu_meters(view(troubles.lost_card()), 80, 1, None)[0])


def test_old_cards_and_the_cursor_show_in_the_compact_form_too() -> None:
    old = frames.lights(nvidia=frames.light("nvidia", LightState.FAILED, 30.0, "driver"))
    frame = frames.frame(gpus=scenes.crowded().snapshot.gpus, sources=old)
    lines = gpu_meters(view(frame), 80, 4, Stand(index=1))
    assert [cell.role for cell in lines[0]] == [Role.FAINT, Role.CURSOR]


def test_the_cursor_is_on_the_card_in_focus() -> None:
    lines = gpu_meters(view(scenes.busy()), 80, 2, Stand(index=1))
    assert [cell.role for cell in lines[1]] == [Role.CURSOR]
    assert roles(lines[0], "14.1") != {Role.CURSOR}


def test_a_card_keeps_its_own_history_however_cards_are_sorted() -> None:
    loads = (
        GpuHistory(frames.gpu(0).identity, (0.0,) * 20),
        GpuHistory(frames.gpu(1).identity, (100.0,) * 20),
    )
    past = replace(scenes.past(2), gpus=loads)
    frame = replace(scenes.busy(), history=past)
    lines = gpu_meters(view(frame), 80, 2, Stand(is_inverted=True))
    assert text(lines[0]).startswith("  1 ")
    assert "████" in text(lines[0])


def test_a_card_that_heat_or_power_slows_says_so_and_the_others_keep_in_line() -> None:
    for reasons, word in (
        ((Throttle.POWER_CAP,), "power"),
        ((Throttle.IDLE, Throttle.HEAT, Throttle.POWER_CAP), "heat"),
        ((Throttle.HARDWARE,), "slowed"),
    ):
        hot = frames.gpu(1, throttle=Known(reasons, Source.NVIDIA))
        frame = frames.frame(gpus=(frames.gpu(0), hot), history=scenes.past(2))
        calm, slowed = gpu_meters(view(frame), 80, 2, None)
        assert f"312W {word}" in text(slowed)
        assert roles(slowed, f"{word:6}") == {Role.WARNING}
        assert len(text(calm)) == len(text(slowed)) == 80
        assert text(calm).index("97%") == text(slowed).index("97%")


def test_beside_others_in_a_line_the_word_stands_for_the_temperature() -> None:
    hot = frames.gpu(3, throttle=Known((Throttle.HEAT_HARDWARE,), Source.NVIDIA))
    frame = frames.frame(gpus=(*map(frames.gpu, range(3)), hot))
    lines = gpu_meters(view(frame), 80, 2, None)
    assert [len(text(line)) for line in lines] == [80, 80]
    assert text(lines[1]).count("71°C") == 1
    assert roles(lines[1], "heat") == {Role.WARNING}


@pytest.mark.parametrize("reason", [Throttle.IDLE, Throttle.CLOCK_SETTING, Throttle.DISPLAY])
def test_what_is_no_harm_is_not_said_in_the_meters(reason: Throttle) -> None:
    as_is = frames.frame(gpus=(frames.gpu(0),))
    harmless = frames.frame(gpus=(frames.gpu(0, throttle=Known((reason,), Source.NVIDIA)),))
    assert gpu_meters(view(harmless), 80, 1, None) == gpu_meters(view(as_is), 80, 1, None)


def test_a_wide_line_ends_with_those_who_hold_the_memory() -> None:
    wide = gpu_meters(view(scenes.busy()), 240, 2, None)
    assert "qwen3:8b 9.8G, python3 train.py 2.6G, gemma3:270m 1.2G, other ~512M" in text(wide[0])
    assert all("train.py" not in text(line) for line in gpu_meters(view(scenes.busy()), 120, 2, None))


def test_only_the_vendor_whose_values_are_old_is_faint() -> None:
    old = (*frames.lights(), frames.light("amd", LightState.FAILED, 30.0, "driver"))
    frame = frames.frame(gpus=(frames.gpu(0), frames.gpu(0, vendor=Vendor.AMD)), sources=old)
    fresh, faint = gpu_meters(view(frame), 80, 2, None)
    assert {cell.role for cell in faint} == {Role.FAINT}
    assert {cell.role for cell in fresh} != {Role.FAINT}
    lines = table_lines(
        GPUS, arrange(GPUS, Stand(), frame.snapshot), Stand(), view(frame), (80, 5), is_focused=False
    )
    assert "30s old" in text(lines[0])
    assert [{cell.role for cell in line} == {Role.FAINT} for line in lines[1:3]] == [False, True]


def test_old_meters_are_faint() -> None:
    old = frames.lights(nvidia=frames.light("nvidia", LightState.FAILED, 30.0, "driver"))
    frame = frames.frame(gpus=(frames.gpu(),), sources=old)
    assert [cell.role for cell in gpu_meters(view(frame), 80, 1, None)[0]] == [Role.FAINT]


def test_missing_utilisation_leaves_a_card_s_line_whole() -> None:
    gone = Missing(Why.UNSUPPORTED, "not on this card")
    frame = frames.frame(gpus=(frames.gpu(utilization_percent=gone, power_w=gone),))
    assert text(gpu_meters(view(frame), 80, 1, None)[0]).split()[-4:] == ["14.1/24.0G", "-", "71°C", "-"]
