"""What an unload costs, and when it is called done."""

import frames
import scenes
import troubles
from control_doings import taken

from ollama_top.control.follow import outcome
from ollama_top.control.unload import plan
from ollama_top.model.action import Unload
from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity

EMPTY = frames.frame()
BUSY = scenes.busy()


def costs(model: LoadedModel) -> str:
    return " ".join(plan("gemma3:270m", model).costs)


def is_gone(frame: Frame) -> bool:
    found = outcome(taken(Unload("gemma3:270m"), BUSY), frame)
    assert found is None or found == type(found)(Severity.OK, "gemma3:270m is unloaded.")
    return found is not None


def test_only_a_frame_of_a_server_that_answers_shows_a_model_gone() -> None:
    assert is_gone(EMPTY)
    assert not is_gone(BUSY)
    assert not is_gone(troubles.unreachable())


def test_a_list_that_is_old_shows_nothing_gone() -> None:
    failed = frames.lights(api=frames.light("api", LightState.FAILED, 9.0, "timed out"))
    assert not is_gone(frames.frame(sources=failed))
    noted = frames.lights(api=frames.light("api", LightState.LIMITED, 0.1, "no tags"))
    assert is_gone(frames.frame(sources=noted))


def test_the_cost_tells_of_memory_and_of_those_who_use_it() -> None:
    said = costs(BUSY.snapshot.models[0])
    assert "1.2G" in said
    assert "2 in service" in said
    assert "4 waiting" in said


def test_the_cost_of_an_idle_model_is_its_load() -> None:
    assert len(plan("gemma3:270m", frames.model()).costs) == 1


def test_what_cannot_be_told_is_said() -> None:
    assert "cannot be told" in costs(troubles.remote().snapshot.models[0])
    bare = frames.model(size_bytes=frames.NOT_LOCAL, running=Known(0, Source.SLOTS))
    assert costs(bare) == "The next request has to load it again."
