"""What the screen of the settings says."""

import found
import frames
import pytest
import scenes

from ollama_top.columns.cell import Line
from ollama_top.columns.settings import SETTINGS
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.settings import MORE, rows_in_view, settings_lines, title
from ollama_top.tui.tables import Rows, Stand, arrange, move_to
from ollama_top.tui.view import View

N = "OLLAMA_NUM_PARALLEL"
STAND = Stand()


def text(lines: list[Line]) -> list[str]:
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def drawn(frame: Frame, size: tuple[int, int], wanted: dict[str, str | None], at: int = 0) -> list[Line]:
    rows = arrange(SETTINGS, STAND, frame.snapshot)
    stand = move_to(STAND, rows, at, rows_in_view(rows, size[1]))
    return settings_lines(View(frame, "", 2.0), rows, stand, wanted, size)


def settings(*rows: Setting, height: int = 30, **wanted: str | None) -> list[str]:
    return text(drawn(frames.frame(settings=rows), (80, height), wanted))


def test_the_three_columns_come_first() -> None:
    shown = settings(frames.setting(N, "2", "4", SettingStatus.PENDING))
    assert shown[0].split() == ["VARIABLE", "1", "CONFIGURED", "RUNNING", "EFFECTIVE", "STATUS"]
    assert shown[1].split() == [N, "4", "2", "2", "pending"]


def test_each_variable_says_what_it_does_costs_and_means_when_not_set() -> None:
    shown = settings(frames.setting(N, cost="Memory grows with it."))
    assert shown[2:] == ["", f" {N}", "   What it does.", "   When not set: 1.", "   Memory grows with it."]


def test_where_a_value_stands_is_told() -> None:
    shown = settings(frames.setting(N, "4", "4", SettingStatus.SET))
    assert f"   {frames.DROP_IN} says 4" in shown


def test_what_is_wrong_with_it_and_what_the_shell_has() -> None:
    shown = settings(
        frames.setting(
            N,
            status=SettingStatus.SHELL_ONLY,
            note="the server does not see it",
            shell=Known("4", Source.PROCESSES),
        )
    )
    assert "   shell only: the server does not see it" in shown
    assert "   your shell has 4" in shown


def test_what_is_not_known_says_why_and_what_is_not_set_does_not() -> None:
    shown = settings(frames.setting(N, Missing(Why.DENIED, "only root may read it"), frames.NOT_SET))
    assert "   running is not known: only root may read it" in shown
    assert not any("configured is not known" in line for line in shown)


def test_without_a_server_the_page_says_so() -> None:
    assert any("nothing is known of the server's variables yet" in line for line in settings())


def test_what_is_to_be_changed_is_marked_in_its_row() -> None:
    rows = (frames.setting(N, "4", "4", SettingStatus.SET), frames.setting("OLLAMA_DEBUG", "1", "1"))
    shown = settings(*rows, OLLAMA_NUM_PARALLEL="8", OLLAMA_DEBUG=None)
    assert [line[26:39].strip() for line in shown[1:3]] == ["4 -> 8", "1 -> not set"]
    assert title({}) == "Settings"
    assert title({N: "8"}).startswith("Settings: 1 change, not made yet")
    assert title({N: "8", "OLLAMA_DEBUG": None}).startswith("Settings: 2 changes")


def test_of_a_server_that_nobody_keeps_the_running_value_is_what_changes() -> None:
    nobody = Missing(Why.UNSUPPORTED, "no service keeps it")
    shown = settings(frames.setting(N, "2", nobody, SettingStatus.SET), OLLAMA_NUM_PARALLEL="8")
    assert "2 -> 8" in shown[1]


def test_where_there_is_no_room_for_all_it_says_where_to_read_on() -> None:
    rows = tuple(frames.setting(f"OLLAMA_{at}", cost="It costs. " * 60) for at in range(40))
    shown = settings(*rows, height=20)
    assert len(shown) == 20
    assert shown[-1].strip() == MORE


@pytest.mark.parametrize("size", [(30, 8), (80, 22), (200, 48), (80, 3)])
@pytest.mark.parametrize("scene", [found.unset, found.pending, scenes.idle], ids=lambda each: each.__name__)
@pytest.mark.parametrize("at", [0, 99])
def test_nothing_is_larger_than_its_room(scene: found.Scene, size: tuple[int, int], at: int) -> None:
    lines = drawn(scene(), size, {N: "x" * 400}, at)
    assert all(width_of(line) <= size[0] for line in lines)
    assert len(lines) <= max(2, size[1])


def test_before_the_first_look_there_is_nothing() -> None:
    assert settings_lines(View(None, "", 2.0), Rows((), (), 0), STAND, {}, (80, 22)) == []


def test_what_others_wrote_steers_nothing() -> None:
    evil = "\x1b[2J[bold]evil[/]\x7f"
    shown = settings(frames.setting(N, evil, evil, SettingStatus.SET, note=evil), OLLAMA_NUM_PARALLEL=evil)
    assert all(line.isprintable() for line in shown)
