"""The checks of memory spent and spared: where each fires, with what mend, and where it stays quiet."""

from typing import Any

import frames
import pytest
from checks_asked import ask, changes_of

from ollama_top.model.history import History
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.setting import SettingStatus

GIB = frames.GIB
ATTENTION, CACHE, N = "OLLAMA_FLASH_ATTENTION", "LLAMA_ARG_CACHE_RAM", "OLLAMA_NUM_PARALLEL"
PID = 2001


# flash-attention-off


def attending(flag: str = "off", *, value: str | None = "0", **model: Any) -> dict[str, Any]:
    """A runner of Ollama 0.33, as llm/llama_server.go starts it."""
    command = f"/lib/ollama/llama-server --model /m/a -c 8192 -np 2 --flash-attn {flag} -b 512"
    return {
        "models": (frames.model("a", **model),),
        "processes": (frames.process(), frames.runner(PID, "a", command=Known(command, Source.PROCESSES))),
        "settings": (frames.setting(ATTENTION, value, value, SettingStatus.SET),) if value else (),
    }


def test_a_runner_that_was_denied_flash_attention() -> None:
    (found,) = ask("flash-attention-off", **attending())
    assert found.title == "a runs without flash attention"
    assert changes_of(found) == {ATTENTION: "1"}
    assert found.evidence[1].text == "it serves 2 at once, 4096 tokens each"


@pytest.mark.parametrize("value", [None, "1"])
def test_a_runner_whose_gpu_may_not_do_it(value: str | None) -> None:
    (found,) = ask("flash-attention-off", **attending(value=value))
    assert found.fix is None
    assert found.settle is not None


def test_a_long_context_without_flash_attention() -> None:
    changes = {"parallel": Known(1, Source.ARGV), "context_tokens": Known(8192, Source.API)}
    assert len(ask("flash-attention-off", **attending(**changes))) == 1


@pytest.mark.parametrize(
    "changes",
    [
        attending("auto"),
        attending("on"),
        attending(parallel=Known(1, Source.ARGV)),
        attending(runner_pid=frames.DENIED),
        attending() | {"processes": (frames.process(), frames.runner(PID, "a", command=frames.DENIED))},
    ],
)
def test_a_runner_with_flash_attention_or_without_need(changes: dict[str, Any]) -> None:
    assert ask("flash-attention-off", **changes) == []


# prompt-cache-ram


def remembering(rss_gib: float, size_gib: float = 2, vram_gib: float = 2, **changes: Any) -> dict[str, Any]:
    model = frames.model(
        "a",
        size_bytes=Known(int(size_gib * GIB), Source.API),
        vram_bytes=Known(int(vram_gib * GIB), Source.API),
    )
    runner = frames.runner(PID, "a", rss_bytes=Known(int(rss_gib * GIB), Source.PROCESSES))
    whole = {
        "models": (model,),
        "processes": (frames.process(), runner),
        "settings": (frames.setting(CACHE),),
    }
    return whole | changes


def test_a_runner_that_remembers_much() -> None:
    (found,) = ask("prompt-cache-ram", **remembering(7.5))
    assert found.title == "the runner of a holds 7.5 GiB of RAM beyond its model"
    assert changes_of(found) == {CACHE: "2048"}
    assert found.settle is not None
    assert "estimate" in found.settle


def told(gib: float) -> dict[str, Any]:
    """A runner whose own word on its cache is known, whatever RAM it holds."""
    model = frames.model("a", prompt_cache_bytes=Known(int(gib * GIB), Source.LOG))
    return remembering(9) | {"models": (model,)}


def test_a_runner_that_says_itself_that_it_remembers_much() -> None:
    (found,) = ask("prompt-cache-ram", **told(6))
    assert found.title == "the runner of a remembers prompts in 6.0 GiB of RAM"
    assert found.settle is None


def test_a_runner_that_holds_much_and_says_that_it_is_not_prompts() -> None:
    assert ask("prompt-cache-ram", **told(0.5)) == []


def test_what_of_the_model_lies_in_ram_is_no_excess() -> None:
    (found,) = ask("prompt-cache-ram", **remembering(8, size_gib=2, vram_gib=0))
    assert "6.0 GiB of RAM" in found.title


@pytest.mark.parametrize(
    "changes",
    [
        remembering(3.5),
        remembering(4.5, size_gib=3, vram_gib=3),  # may be its weights, read through the page cache
        remembering(21, size_gib=20, vram_gib=20),
        remembering(7.5, settings=(frames.setting(CACHE, "8192", "8192", SettingStatus.SET),)),
        remembering(7.5, settings=(frames.setting(CACHE, running=frames.DENIED),)),
        remembering(7.5, server=frames.server(version=Known("0.24.0", Source.API))),
        remembering(7.5, processes=()),
        remembering(7.5, models=(frames.model("a", vram_bytes=frames.UNTOLD),)),
    ],
)
def test_a_runner_that_remembers_little_or_is_told_how_much(changes: dict[str, Any]) -> None:
    assert ask("prompt-cache-ram", **changes) == []


# raise-parallel


def waited(points: int = 30, waiting: float | None = 2.0) -> History:
    return History((), (waiting,) * points)


def crowded(*, more: tuple[frames.LoadedModel, ...] = (), **changes: Any) -> dict[str, Any]:
    """A card with 9.9 GiB free, and a model of which all slots are taken."""
    own = {"running": Known(2, Source.SLOTS), "waiting": Known(2, Source.SOCKETS)}
    model = frames.model("a", **{**own, **changes})
    settings = (frames.setting(N, "2", "2", SettingStatus.SET),)
    return {"models": (model, *more), "gpus": (frames.gpu(),), "settings": settings}


def costing(gib: float) -> Known[int]:
    return Known(int(gib * GIB), Source.ESTIMATE)


@pytest.mark.parametrize(
    ("parallel", "cost_gib", "number"), [(2, 1, "4"), (4, 1, "8"), (4, 3, "6"), (12, 0.1, "16"), (8, 2, "12")]
)
def test_waiting_beside_free_memory(parallel: int, cost_gib: float, number: str) -> None:
    changes = crowded(
        parallel=Known(parallel, Source.ARGV),
        running=Known(parallel, Source.SLOTS),
        request_kv_bytes=costing(cost_gib),
    )
    (found,) = ask("raise-parallel", history=waited(), **changes)
    assert changes_of(found) == {N: number}
    assert found.evidence[3].text == "8.9 GiB are free, a reserve left out"


def test_the_number_holds_for_all_models() -> None:
    other = frames.model("b", request_kv_bytes=costing(4))
    changes = crowded(request_kv_bytes=costing(4), more=(other,))
    (found,) = ask("raise-parallel", history=waited(), **changes)
    assert changes_of(found) == {N: "3"}
    assert found.evidence[2].text == "3 at once take 8.0 GiB more for the K/V cache"


def test_without_a_card_the_machine_s_memory_counts() -> None:
    changes = crowded(vram_bytes=Known(0, Source.API)) | {"gpus": ()}
    (found,) = ask("raise-parallel", history=waited(), **changes)
    assert found.evidence[3].source is Source.HOST


@pytest.mark.parametrize(
    ("history", "changes"),
    [
        (waited(29), crowded()),
        (waited(30, 0.0), crowded()),
        (waited(30, None), crowded()),
        (waited(), crowded(running=Known(1, Source.SLOTS))),
        (waited(), crowded(running=frames.DENIED)),
        (waited(), crowded(waiting=Known(0, Source.SOCKETS))),
        (waited(), crowded(held_at_one="by its kind")),
        (waited(), crowded(request_kv_bytes=costing(9))),
        (waited(), crowded(request_kv_bytes=frames.UNTOLD)),
        (waited(), crowded(more=(frames.model("b", request_kv_bytes=frames.UNTOLD),))),
        (waited(), crowded(vram_bytes=Known(GIB, Source.API))),
        (waited(), crowded(parallel=Known(16, Source.ARGV), running=Known(16, Source.SLOTS))),
        (waited(), crowded() | {"settings": (frames.setting(N),)}),
        (waited(), crowded() | {"gpus": (frames.gpu(memory_used_bytes=frames.UNTOLD),)}),
        (waited(), crowded() | {"server": frames.server(pid=Missing(Why.NOT_LOCAL, "elsewhere"))}),
    ],
)
def test_waiting_that_more_at_once_would_not_mend(history: History, changes: dict[str, Any]) -> None:
    assert ask("raise-parallel", history=history, **changes) == []
