"""What single panels say: header, verdict, meters and history."""

from dataclasses import replace
from typing import Any

import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import Line, Role
from ollama_top.columns.models import MODELS
from ollama_top.model.frame import Frame
from ollama_top.model.history import History
from ollama_top.model.light import LightState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.gpus import gpu_meters
from ollama_top.tui.draw.header import LIGHTS, header
from ollama_top.tui.draw.history import history
from ollama_top.tui.draw.host import host
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.draw.verdict import verdict
from ollama_top.tui.tables import Stand, arrange
from ollama_top.tui.view import View


def view(frame: Frame | None, **changes: Any) -> View:
    return replace(View(frame, "http://127.0.0.1:11434", 2.0), **changes)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def roles(line: Line, word: str) -> set[Role]:
    return {cell.role for cell in line if word in cell.text}


def head(frame: Frame | None, width: int = 80, **changes: Any) -> str:
    return text(header(view(frame, **changes), width, is_focused=False))


def table(frame: Frame, shown: Any = MODELS, stand: Stand = Stand(), height: int = 6) -> list[Line]:  # noqa: B008
    rows = arrange(shown, stand, frame.snapshot)
    return table_lines(shown, rows, stand, view(frame), (80, height), is_focused=True)


# header


def test_the_header_names_the_machine_the_server_and_what_runs_it() -> None:
    assert head(scenes.busy()).startswith(" ollama-top   gpu-box  ollama 0.33.0  systemd pid 1234  up 2d4h ")


def test_before_the_first_look_the_header_says_what_is_looked_at() -> None:
    assert "http://127.0.0.1:11434" in head(None)


def test_a_server_elsewhere_goes_by_its_address_not_by_this_machine() -> None:
    assert " llm.example.net:443 " in head(troubles.remote())
    assert "laptop" not in head(troubles.remote())
    assert "pid" not in head(troubles.remote())


def test_a_process_that_is_not_known_is_a_dash() -> None:
    assert "pid -" in head(troubles.unreachable())


def test_badges_stand_before_all_else() -> None:
    demo = replace(scenes.idle(), snapshot=replace(scenes.idle().snapshot, demo=True))
    assert " DEMO " in head(demo, 40)
    assert " PAUSED 15:09:26 " in head(scenes.idle(), is_paused=True)
    assert "read-only" in head(scenes.idle(), 120, is_read_only=True)


@pytest.mark.parametrize("state", LightState)
def test_each_state_of_a_source_has_a_sign_of_its_own(state: LightState) -> None:
    assert len({cell.text for cell in LIGHTS.values()}) == len(LightState)
    lit = frames.lights(slots=frames.light("slots", state))
    assert LIGHTS[state].text in head(frames.frame(sources=lit))


def test_ages_are_shown_only_when_they_are_old() -> None:
    assert "old" not in head(scenes.busy())
    assert "✗●●●●●●● api 42s old" in head(troubles.stale())
    slow = frames.lights(slots=frames.light("slots", LightState.SLOW, 6.5))
    assert "slots 6s old" in head(frames.frame(sources=slow))
    recent = frames.lights(slots=frames.light("slots", LightState.SLOW, 5.5))
    assert "old" not in head(frames.frame(sources=recent))


def test_a_wide_header_names_the_sources() -> None:
    assert "api● processes● sockets●" in head(scenes.busy(), 160)


# verdict


def test_the_verdict_wears_a_sign_of_its_severity() -> None:
    shown = (scenes.idle(), troubles.remote(), scenes.busy(), troubles.lost_card())
    signs = [text(verdict(view(frame), 80, 2)[0])[1] for frame in shown]
    assert signs == ["✓", "i", "▲", "✗"]


def told(text_of: str, width: int = 80, height: int = 2, finding: str | None = "overridden") -> list[str]:
    """The verdict's lines where a finding tells more of it."""
    shown = frames.frame(verdict=Verdict(Severity.WARNING, text_of, finding))
    lines = verdict(view(shown), width, height)
    assert all(width_of(line) == width for line in lines)
    return [text(line).rstrip() for line in lines]


def test_the_key_that_tells_more_ends_the_line() -> None:
    assert told("it is not set") == [" ▲ it is not set  d doctor"]
    assert told("it is not set", finding=None) == [" ▲ it is not set"]
    (line,) = verdict(view(frames.frame(verdict=Verdict(Severity.WARNING, "so", "x"))), 80, 2)
    assert [cell.role for cell in line if cell.text == "d"] == [Role.KEY]


def test_the_key_takes_the_last_word_along_where_it_does_not_fit() -> None:
    full = " ".join(["word"] * 15)  # 74 cells of 76
    assert told(full) == [f" ▲ {' '.join(['word'] * 14)}", "   word  d doctor"]
    assert told(full, finding=None) == [f" ▲ {full}"]


def test_the_key_stays_where_the_text_must_be_cut() -> None:
    assert told("word " * 15, height=1)[0].endswith("…  d doctor")
    assert told("word " * 60)[1].endswith("…  d doctor")
    assert told("word", width=40) == [" ▲ word  d doctor"]
    assert told("word", width=39) == [" ▲ word"]


def test_the_key_is_not_named_where_it_is_none_or_the_verdict_is_another() -> None:
    found = frames.frame(verdict=Verdict(Severity.WARNING, "so", "overridden"))
    (line,) = verdict(view(found), 80, 2, names_key=False)
    assert text(line).rstrip() == " ▲ so"
    silent = verdict(view(found, silent_s=40.0), 80, 2)
    assert "doctor" not in text(silent[0])


def test_a_long_verdict_takes_two_lines_and_then_an_ellipsis() -> None:
    assert len(verdict(view(troubles.stale()), 80, 2)) == 2
    assert text(verdict(view(troubles.stale()), 80, 1)[0]).rstrip().endswith("…")


def test_what_brings_the_frames_speaks_first() -> None:
    failed = view(scenes.busy(), trouble="it crashed")
    assert "it crashed; r starts it anew" in text(verdict(failed, 80, 1)[0])
    assert "no news for 40s" in text(verdict(view(scenes.busy(), silent_s=40.0), 80, 1)[0])
    assert "waiting for the first look" in text(verdict(view(None), 80, 1)[0])


def test_who_paused_is_not_told_of_silence() -> None:
    assert "4 wait" in text(verdict(view(scenes.busy(), silent_s=40.0, is_paused=True), 80, 1)[0])


# meters


def test_the_host_s_line() -> None:
    assert text(host(view(scenes.busy()), 80)) == (
        " cpu ━━╸─────  34% of 16  mem ━╸────── 12.1/62.8G  ollama  2.1 cores  9.1G ram  "
    )
    assert "this machine, laptop:" in text(host(view(troubles.remote()), 80))
    assert "ollama" not in text(host(view(troubles.remote()), 80))


def test_a_host_that_tells_nothing() -> None:
    untold = frames.host(cpu_count=frames.UNTOLD, cpu_percent=frames.UNTOLD, memory_used_bytes=frames.UNTOLD)
    line = text(host(view(frames.frame(host=untold)), 60))
    assert line.split() == ["cpu", "-", "of", "-", "mem", "-"]


# history


def test_sparks_come_with_their_numbers() -> None:
    line = text(history(view(scenes.busy()), 80, 1)[0])
    assert "tok/s   197 " in line
    assert "waiting     4 " in line
    assert "running     2 " in line
    assert "oldest 2.2s" in line


def test_a_rate_of_which_a_part_is_worked_out_is_marked() -> None:
    seen = frames.model("a", tokens_per_s=Known(20.0, Source.SLOTS))
    guessed = frames.model("b", tokens_per_s=Known(20.0, Source.ESTIMATE))
    for models, told in (((seen, seen), "40.0"), ((seen, guessed), "~40.0")):
        found = frames.frame(models=models, history=History(tokens_per_s=(40.0,)))
        assert text(history(view(found), 80, 1)[0]).split()[1] == told


def test_a_count_that_cannot_be_made_is_a_dash() -> None:
    line = text(history(view(troubles.remote()), 80, 1)[0])
    assert "waiting     -" in line
    assert "running     -" in line


def test_numbers_that_are_old_are_faint() -> None:
    old = frames.light("sockets", LightState.FAILED, 30.0, "no socket diagnosis")
    shown = view(frames.frame(queue=frames.queue(2, 4), sources=frames.lights(sockets=old)))
    line = history(shown, 80, 1)[0]
    assert roles(line, " 4") == {Role.FAINT}
    assert roles(line, " 2") == {Role.STRONG}
    old = frames.light("host", LightState.FAILED, 30.0, "gone")
    assert {cell.role for cell in host(view(frames.frame(sources=frames.lights(host=old))), 80)} == {
        Role.FAINT
    }


def test_an_upper_bound_is_marked() -> None:
    counted = frames.queue(2, 4, precision=Precision.UPPER_BOUND, precision_note="a pull is under way")
    assert "waiting    ≤4" in text(history(view(frames.frame(queue=counted)), 80, 1)[0])


def test_plots_have_their_axis_and_move_every_other_tick() -> None:
    def plots(at: int) -> list[Line]:
        return history(view(scenes.busy(at)), 120, 5)

    assert [len(text(line)) for line in plots(0)] == [120] * 5
    assert text(plots(0)[1]).startswith("  230▕")
    assert text(plots(0)[-1]).startswith("    0▕")
    assert plots(1)[1:] == plots(2)[1:] != plots(3)[1:] == plots(4)[1:]
    assert plots(1)[0] != plots(2)[0]


def meters(frame: Frame, width: int, height: int) -> list[Line]:
    cards = gpu_meters(view(frame), width, height, None)
    return [*cards, host(view(frame), width), *history(view(frame), width, 1)]


@pytest.mark.parametrize("width", range(1, 100))
def test_no_number_is_ever_cut(width: int) -> None:
    for frame in (scenes.busy(), scenes.crowded()):
        known = {word for line in meters(frame, 200, 8) for word in text(line).split()}
        shown = {word for line in meters(frame, width, 8) for word in text(line).split()}
        assert {word for word in shown if word[0].isdigit()} <= known
