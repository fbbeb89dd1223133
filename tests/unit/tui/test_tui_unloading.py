import frames
import scenes
import troubles

from ollama_top.model.light import LightState
from ollama_top.model.reading import Known, Source
from ollama_top.tui.unloading import cost, is_gone, model_named

EMPTY = frames.frame()
BUSY = scenes.busy()


def test_only_a_frame_of_a_server_that_answers_shows_a_model_gone() -> None:
    assert is_gone(EMPTY, "gemma3:270m")
    assert not is_gone(BUSY, "gemma3:270m")
    assert not is_gone(troubles.unreachable(), "gemma3:270m")


def test_a_list_that_is_old_shows_nothing_gone() -> None:
    failed = frames.lights(api=frames.light("api", LightState.FAILED, 9.0, "timed out"))
    assert not is_gone(frames.frame(sources=failed), "gemma3:270m")
    noted = frames.lights(api=frames.light("api", LightState.LIMITED, 0.1, "no tags"))
    assert is_gone(frames.frame(sources=noted), "gemma3:270m")


def test_a_model_is_found_by_its_name() -> None:
    assert model_named(BUSY, "qwen3:8b") is BUSY.snapshot.models[1]
    assert model_named(BUSY, "qwen3") is None


def test_the_cost_tells_of_memory_and_of_those_who_use_it() -> None:
    said = " ".join(cost(BUSY.snapshot.models[0]))
    assert "1.2G" in said
    assert "2 in service" in said
    assert "4 waiting" in said


def test_the_cost_of_an_idle_model_is_its_load() -> None:
    assert len(cost(frames.model())) == 1


def test_what_cannot_be_told_is_said() -> None:
    said = " ".join(cost(troubles.remote().snapshot.models[0]))
    assert "cannot be told" in said
    bare = frames.model(size_bytes=frames.NOT_LOCAL, running=Known(0, Source.SLOTS))
    assert cost(bare) == ["The next request has to load it again."]
