"""What there is to load, whether it fits, and when it is called loaded."""

from dataclasses import replace

import frames
import troubles
from control_doings import asked, later, taken

from ollama_top.control.follow import can_end, ending_costs, outcome, said
from ollama_top.control.load import LOAD, about, choices, fit, plan
from ollama_top.model.action import Load
from ollama_top.model.installed import InstalledModel
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity

GIB = frames.GIB
SMALL = InstalledModel("gemma3:270m", None, "gemma3", GIB)
LARGE = InstalledModel("qwen3:32b", None, "qwen3", 40 * GIB)
CLOUD = InstalledModel("gpt-oss:120b-cloud", None, "gptoss", 384, is_remote=True)
EMPTY = frames.frame()
LOADED = frames.frame(models=(frames.model(),))


def test_models_are_offered_by_name_and_those_that_run_elsewhere_are_not() -> None:
    assert choices((LARGE, CLOUD, SMALL)) == (SMALL, LARGE)


def test_it_fits_where_all_cards_together_have_room_for_it() -> None:
    cards = frames.frame(gpus=(frames.gpu(0, 14.0), frames.gpu(1, 20.0))).snapshot
    assert fit(GIB, cards) == "fits in 14.0G free VRAM"
    assert fit(40 * GIB, cards) == "more than 14.0G free VRAM"
    assert fit(None, cards) == "free memory not known"


def test_without_a_card_it_is_main_memory_that_counts_if_the_server_is_here() -> None:
    assert fit(GIB, EMPTY.snapshot) == "fits in 50.7G free RAM"
    assert fit(GIB, troubles.remote().snapshot) == "free memory not known"
    blind = frames.frame(host=frames.host(memory_used_bytes=frames.UNTOLD))
    assert fit(GIB, blind.snapshot) == "free memory not known"


def test_a_card_that_does_not_tell_makes_free_memory_unknown() -> None:
    lost = frames.gpu(1, memory_used_bytes=frames.UNTOLD)
    assert fit(GIB, frames.frame(gpus=(frames.gpu(), lost)).snapshot) == "free memory not known"


def test_a_choice_tells_its_size_and_what_is_in_memory() -> None:
    assert about(SMALL, LOADED) == "1.0G   in memory already"
    assert about(replace(SMALL, size_bytes=None), EMPTY).startswith("size not told")


def test_the_cost_of_what_is_loaded_already_is_next_to_nothing() -> None:
    assert len(plan(SMALL, LOADED).costs) == 1
    assert "Its weights take 1.0G" in plan(SMALL, EMPTY).costs[0]
    assert "not told" in plan(replace(SMALL, size_bytes=None), EMPTY).costs[0]


def test_it_is_loaded_when_a_frame_lists_it_and_not_before() -> None:
    doing = taken(Load("gemma3:270m"), EMPTY)
    assert outcome(asked(doing.action, EMPTY), LOADED) is None
    assert outcome(doing, EMPTY) is None
    loading = frames.frame(models=(frames.model(state=ModelState.LOADING),))
    assert outcome(doing, loading) is None
    found = outcome(doing, LOADED)
    assert found is not None
    assert (found.severity, found.text) == (Severity.OK, "gemma3:270m is loaded.")


def test_what_is_not_seen_in_time_is_said() -> None:
    doing = taken(Load("gemma3:270m"), EMPTY)
    assert outcome(doing, later(EMPTY, LOAD.limit_s)) is None
    found = outcome(doing, later(EMPTY, LOAD.limit_s + 1))
    assert found is not None
    assert found.severity is Severity.WARNING


def test_a_load_can_be_ended_until_the_server_has_answered() -> None:
    doing = asked(Load("gemma3:270m"), EMPTY)
    assert can_end(doing)
    assert not can_end(taken(doing.action, EMPTY))
    assert "breaks the load off" in ending_costs(doing)[0]


def test_it_is_said_how_long_it_takes() -> None:
    doing = asked(Load("gemma3:270m"), EMPTY)
    assert said(doing, EMPTY) == "loading gemma3:270m"
    assert said(doing, later(EMPTY, 72)) == "loading gemma3:270m, 1m"
    assert "does not list it yet" in said(taken(doing.action, EMPTY), None)


def test_another_model_proves_nothing() -> None:
    other = frames.frame(models=(frames.model("qwen3:8b", runner_pid=Known(1, Source.PROCESSES)),))
    assert outcome(taken(Load("gemma3:270m"), EMPTY), other) is None
