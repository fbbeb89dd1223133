"""What holds for every table that is declared, and the cells that say more than their value."""

from typing import Any

import found
import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import UNKNOWN, Cell, Role, shown
from ollama_top.columns.column import Column, Table, fitting
from ollama_top.columns.gpus import GPUS
from ollama_top.columns.models import MODELS
from ollama_top.columns.passed import BY_CLIENT, BY_MODEL, EXCHANGES
from ollama_top.columns.processes import PROCESSES
from ollama_top.columns.requests import REQUESTS
from ollama_top.columns.settings import SETTINGS
from ollama_top.columns.slots import SLOTS
from ollama_top.model.fact import published
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.setting import SettingStatus
from ollama_top.model.slot import SlotState

PASSED: tuple[Table[Any], ...] = (BY_MODEL, BY_CLIENT, EXCHANGES)
TABLES: tuple[Table[Any], ...] = (MODELS, SLOTS, REQUESTS, GPUS, PROCESSES, SETTINGS, *PASSED)
COLUMNS = [(table, column) for table in TABLES for column in table.columns]
by_column = pytest.mark.parametrize(
    ("table", "column"), [pytest.param(*each, id=f"{each[0].name}-{each[1].key}") for each in COLUMNS]
)
by_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
MAY_BE_BLANK = {"configured_in"}
GONE = Missing(Why.DENIED, "not for you")


def cell(table: Table[Any], key: str, row: object) -> Cell:
    return table.column(key).cell(row, frames.NOW)


def rows(table: Table[Any]) -> tuple[Any, ...]:
    if table in PASSED:
        return table.rows(scenes.passed().snapshot)
    return table.rows((found.pending if table is SETTINGS else scenes.busy)().snapshot)


@by_table
def test_keys_and_titles_are_told_apart(table: Table[Any]) -> None:
    assert len({column.key for column in table.columns}) == len(table.columns)
    assert len({column.title for column in table.columns}) == len(table.columns)


@by_column
def test_every_column_draws_facts_that_are_published(table: Table[Any], column: Column[Any]) -> None:
    names = {each.name for each in published(table.kind)}
    assert column.facts
    assert set(column.facts) <= names
    assert table.doc(column)


@by_column
def test_a_title_fits_its_column(table: Table[Any], column: Column[Any]) -> None:
    assert len(column.title) <= column.width


@by_column
def test_every_row_can_be_drawn_and_sorted(table: Table[Any], column: Column[Any]) -> None:
    kinds = {type(column.sort_key(row)) for row in rows(table)} - {type(None)}
    assert len(kinds) <= 1 or kinds == {int, float}
    assert all(column.cell(row, frames.NOW).text or column.key in MAY_BE_BLANK for row in rows(table))


@by_column
def test_what_is_missing_is_a_dash_and_sorts_as_absent(table: Table[Any], column: Column[Any]) -> None:
    row = rows(table)[0]
    readings = {
        each.name: GONE
        for each in published(table.kind)
        if isinstance(getattr(row, each.name), Known | Missing)
    }
    if not set(column.facts) <= set(readings):
        return  # it draws what is always known
    changed = {**readings, "state": ModelState.IDLE} if table is MODELS else readings
    bare = type(row)(
        **{each.name: changed.get(each.name, getattr(row, each.name)) for each in published(table.kind)}
    )
    assert column.cell(bare, frames.NOW).text in {"-", "-/-"}
    assert column.sort_key(bare) in {None, "-"}


@by_table
def test_identities_are_told_apart(table: Table[Any]) -> None:
    for frame in (scenes.busy(), scenes.crowded(), troubles.hostile()):
        identities = [table.identity(row) for row in table.rows(frame.snapshot)]
        assert len(set(identities)) == len(identities)


@by_table
@pytest.mark.parametrize("room", [1, 5, 18, 78, 118, 198])
def test_columns_that_fit_do_fit(table: Table[Any], room: int) -> None:
    placed = fitting(table.columns, room, 1)
    assert placed
    assert sum(width + 1 for _, width in placed) - 1 <= room
    assert [column for column, _ in placed] == [column for column in table.columns if column in dict(placed)]


@by_table
def test_a_wider_terminal_shows_no_fewer_columns(table: Table[Any]) -> None:
    counts = [len(fitting(table.columns, room, 1)) for room in range(1, 240)]
    assert counts == sorted(counts)
    assert counts[-1] == len(table.columns)


@by_table
def test_no_column_outgrows_its_measure(table: Table[Any]) -> None:
    assert all(width <= max(column.width, column.widest) for column, width in fitting(table.columns, 400, 2))


def test_room_to_grow_is_dealt_out_evenly() -> None:
    widths = dict(zip(["model", "client"], (0, 0), strict=True))
    widths.update({column.key: width - column.width for column, width in fitting(REQUESTS.columns, 74, 1)})
    assert abs(widths["model"] - widths["client"]) <= 1


def test_what_is_worked_out_is_marked() -> None:
    assert shown(Known(2, Source.PREDICTED), str) == Cell("~2")
    assert shown(Known(2, Source.ARGV), str) == Cell("2")
    assert shown(GONE, str) is UNKNOWN


def test_a_model_that_serves_has_no_time_left() -> None:
    assert cell(MODELS, "expires_at", frames.model(state=ModelState.BUSY)).text == "in use"
    assert cell(MODELS, "expires_at", frames.model()).text == "4m"


def test_a_runner_whose_model_is_unknown_goes_by_its_process() -> None:
    assert MODELS.identity(frames.model(GONE)) == "runner 2001"


def test_what_is_not_on_the_gpus_is_pointed_out() -> None:
    spilled = frames.model(size_bytes=Known(3 << 30, Source.API), vram_bytes=Known(2 << 30, Source.API))
    assert cell(MODELS, "ram_bytes", spilled) == Cell("1.0G", Role.WARNING)
    assert cell(MODELS, "ram_bytes", frames.model()) == Cell("0", Role.FAINT)


def test_a_prompt_shows_how_far_it_is_read_while_it_is() -> None:
    reading = frames.slot(0, SlotState.PREFILL, prompt_tokens=Known(8000, Source.SLOTS))
    assert cell(SLOTS, "prompt", reading).text == "1.2k/8.0k"
    assert cell(SLOTS, "prompt_done", reading).text == "15%"
    assert cell(SLOTS, "prompt", frames.slot(0, SlotState.DECODE)).text == "1.2k"


def test_an_empty_prompt_has_no_share() -> None:
    assert (
        cell(SLOTS, "prompt_done", frames.slot(0, SlotState.PREFILL, prompt_tokens=Known(0, Source.SLOTS)))
        is UNKNOWN
    )


def test_a_full_context_is_pointed_out() -> None:
    full = frames.slot(0, SlotState.DECODE, context_fill_percent=Known(96.0, Source.SLOTS))
    assert cell(SLOTS, "context_fill_percent", full) == Cell("96%", Role.WARNING)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "14.1/24.0G"),
        ({"memory_used_bytes": GONE}, "-/24.0G"),
        ({"memory_total_bytes": GONE}, "14.1G"),
        ({"memory_used_bytes": GONE, "memory_total_bytes": GONE}, "-"),
    ],
)
def test_a_card_tells_of_its_memory_what_is_known(changes: dict[str, Missing], text: str) -> None:
    assert cell(GPUS, "memory", frames.gpu(**changes)).text == text


def test_a_card_goes_by_its_short_name() -> None:
    assert cell(GPUS, "name", frames.gpu()).text == "RTX 4090"
    assert cell(GPUS, "name", frames.gpu(problem="lost")).role is Role.ERROR
    assert GPUS.title(frames.gpu(3, name=GONE)) == "GPU 3"


def test_a_hot_card_is_pointed_out() -> None:
    assert (
        cell(GPUS, "temperature_celsius", frames.gpu(temperature_celsius=Known(85.0, Source.NVIDIA))).role
        is Role.WARNING
    )


def test_rows_are_called_what_a_person_would_call_them() -> None:
    assert SLOTS.title(frames.slot(3)) == "slot 3 of gemma3:270m"
    assert SLOTS.title(frames.slot(3, model=GONE)) == "slot 3 of runner 2001"
    assert REQUESTS.title(frames.request(40001)) == "request from curl"
    assert REQUESTS.title(frames.request(40001, client=GONE)) == "request from 127.0.0.1:40001"


def test_requests_that_cannot_be_seen_are_not_said_to_be_none() -> None:
    assert REQUESTS.unseen(troubles.remote().snapshot) == frames.NOT_LOCAL.hint
    assert REQUESTS.unseen(scenes.idle().snapshot) is None


def test_a_server_near_its_limit_of_files_is_pointed_out() -> None:
    assert cell(PROCESSES, "open_files", frames.process()) == Cell("31")
    many = frames.process(open_files=Known(900, Source.PROCESSES))
    assert cell(PROCESSES, "open_files", many) == Cell("900", Role.WARNING)
    unlimited = frames.process(open_files_limit=Missing(Why.ABSENT, "unlimited"))
    assert cell(PROCESSES, "open_files", unlimited) == Cell("31")


def test_a_runner_stands_below_its_server() -> None:
    assert cell(PROCESSES, "kind", frames.process()).text == "server"
    assert cell(PROCESSES, "kind", frames.runner(2001, "qwen3:8b")).text == "└ runner"
    assert cell(PROCESSES, "started_at", frames.runner(2001, "qwen3:8b")).text == "12m"
    assert PROCESSES.title(frames.process()) == "server 1234"


def test_processes_that_cannot_be_seen_are_not_said_to_be_none() -> None:
    assert PROCESSES.unseen(troubles.remote().snapshot) == frames.NOT_LOCAL.hint
    assert PROCESSES.unseen(scenes.busy().snapshot) is None


def test_what_nothing_sets_is_told_from_what_is_not_known() -> None:
    unset = frames.setting()
    assert [cell(SETTINGS, each, unset).text for each in ("configured", "running")] == ["not set"] * 2
    hidden = frames.setting(running=GONE, configured=GONE, effective=frames.NOT_SET)
    shown = [cell(SETTINGS, each, hidden) for each in ("configured", "running", "effective")]
    assert shown == [UNKNOWN] * 3
    assert cell(SETTINGS, "running", frames.setting(running="4")) == Cell("4", Role.STRONG)


def test_a_setting_that_is_not_as_it_seems_is_pointed_out() -> None:
    def role(status: SettingStatus) -> Role:
        return cell(SETTINGS, "status", frames.setting(status=status)).role

    calm = {each for each in SettingStatus if role(each) not in {Role.WARNING, Role.NOTICE}}
    assert calm == {SettingStatus.SET, SettingStatus.DEFAULT}
    assert role(SettingStatus.UNKNOWN) is Role.NOTICE


def test_settings_without_a_server_to_ask_are_not_said_to_be_none() -> None:
    assert SETTINGS.rows(scenes.idle().snapshot) == ()
    assert SETTINGS.empty == "nothing is known of the server's variables yet"


def test_a_cell_is_printable_however_it_was_made() -> None:
    assert Cell("\x1b[31m").text == "␛[31m"


def test_names_get_room_before_what_is_least_important_comes() -> None:
    for room in range(1, 200):
        placed = {column.key: width for column, width in fitting(MODELS.columns, room, 2)}
        assert "kv_cache_type" not in placed or placed["name"] >= 20


@pytest.mark.parametrize(("done", "text"), [(0.0, "load 0%"), (47.3, "load 47%"), (100.0, "load 99%")])
def test_a_load_shows_how_far_it_is(done: float, text: str) -> None:
    """To the whole hundred it is the loaded model that shows."""
    loading = frames.model(state=ModelState.LOADING, load_percent=Known(done, Source.HEALTH))
    assert cell(MODELS, "state", loading) == Cell(text, Role.NOTICE)
    untold = frames.model(state=ModelState.LOADING, load_percent=GONE)
    assert cell(MODELS, "state", untold).text == "loading"
