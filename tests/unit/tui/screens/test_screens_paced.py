"""A paint that was due forgets nothing of what has changed just now."""

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region

from ollama_top.columns.cell import Cell
from ollama_top.tui.line.driver import LineDriver
from ollama_top.tui.line.pace import Lane, Pace
from ollama_top.tui.screens.paced import Paced
from ollama_top.tui.themes import TERMINAL
from ollama_top.tui.widgets.panel import LinePanel


class OnePanel(Paced[None]):
    def compose(self) -> ComposeResult:
        yield LinePanel("one")


class OneScreen(App[None]):
    def get_default_screen(self) -> OnePanel:
        return OnePanel()


@pytest.fixture
def driver() -> LineDriver:
    """One that takes everything and sends nothing."""
    made = LineDriver.__new__(LineDriver)
    made._writer_thread = None
    return made


async def test_what_changes_while_another_part_waits_is_painted_after_it(
    driver: LineDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with OneScreen().run_test(size=(20, 4)) as pilot:
        screen, panel = pilot.app.screen, pilot.app.screen.query_one(LinePanel)
        assert isinstance(screen, OnePanel)
        panel.show([(Cell("old"),)], TERMINAL, 1)
        await pilot.pause()
        painted: list[str] = []

        def display(_: object, update: Any) -> None:
            painted.append(update.render_segments(pilot.app.console) if update is not None else "")

        monkeypatch.setattr(pilot.app, "_display", display)
        monkeypatch.setattr(pilot.app, "_driver", driver)
        screen._waiting.add(Lane.TOLD, {Region(0, 3, 5, 1)})
        panel.show([(Cell("new"),)], TERMINAL, 1)
        screen._dirty_widgets.add(panel)  # as its message does, before Textual collects what it is
        screen.paint_on()
        assert not screen._waiting
        driver.pace = Pace()  # as once the paint is answered
        screen._on_timer_update()
        assert "new" in "".join(painted)
