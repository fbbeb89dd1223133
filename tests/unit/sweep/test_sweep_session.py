"""A sweep carried out on a bench: what is told meanwhile, what is noted, what goes on."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from world import MODEL, simulated_program

from ollama_top.burst.spec import CannotMeasureError
from ollama_top.model.reading import Known
from ollama_top.model.sweep import SweepSetting
from ollama_top.ollama.replies import DescribedModel, ShownModel
from ollama_top.outputs import sweep as text
from ollama_top.sweep.axes import parse_axes
from ollama_top.sweep.bench import Bench, BenchError, Stand
from ollama_top.sweep.own_server import OwnServer
from ollama_top.sweep.plan import Plan
from ollama_top.sweep.preparing import plan_of, prepare
from ollama_top.sweep.session import Session, Stage
from ollama_top.sweep.wishes import SweepWishes


class Refusing(OwnServer):
    """A bench like any other, which cannot apply one value."""

    applied: list[Sequence[SweepSetting]]

    async def apply(self, settings: Sequence[SweepSetting]) -> Stand:
        self.applied.append(settings)
        if any(each.value == "3" for each in settings):
            raise BenchError("no room for three", ("the last line",))
        return await super().apply(settings)


def wishes(*words: str, repeats: int = 2) -> SweepWishes:
    return SweepWishes(parse_axes(words), MODEL, tokens=12, prompt_tokens=20, limit_s=30, repeats=repeats)


async def planned(bench: Bench, *words: str) -> Plan:
    return await prepare(await bench.look(), wishes(*words), 1, lambda _: ())


async def test_stages_are_told_and_one_that_cannot_be_applied_does_not_end_the_others(tmp_path: Path) -> None:
    bench = Refusing(str(simulated_program(tmp_path, "--load-s", "0.01")))
    bench.applied = []
    stages: list[Stage] = []
    try:
        plan = await planned(bench, "NUM_PARALLEL=1,3,2")
        sweep = await Session(bench, plan, stages.append).carry_out()
    finally:
        await bench.put_back()
    one, three, two = sweep.combinations
    assert (three.problem, three.log) == ("the server did not start: no room for three", ("the last line",))
    assert (three.repeats, three.points) == (0, ())
    assert [each.repeats for each in (one, two)] == [2, 2]
    assert isinstance(one.start_s, Known)
    assert sweep.recommended is not None
    assert sweep.recommended.combination == 2
    assert [each.doing for each in stages[:4]] == [
        "starting the server",
        "loading the model",
        "1 at once, 1 of 2",
        "2 at once, 1 of 2",
    ]
    assert all(0 <= each.share <= 1 and each.left_s >= 0 for each in stages)
    assert stages[-1].is_done
    assert (stages[-1].share, stages[-1].left_s) == (1.0, 0.0)
    assert sum(any(each.value == "3" for each in settings) for settings in bench.applied) == 1


async def test_a_sweep_that_is_broken_off_tells_what_it_had_measured(tmp_path: Path) -> None:
    bench = OwnServer(str(simulated_program(tmp_path, "--load-s", "0.01")))
    try:
        plan = await planned(bench, "NUM_PARALLEL=1,2")
        done = asyncio.Event()
        session = Session(bench, plan, lambda stage: done.set() if stage.is_done else None)
        assert session.so_far() is None
        going = asyncio.create_task(session.carry_out())
        await done.wait()
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
    finally:
        await bench.put_back()
    found = session.so_far()
    assert found is not None
    assert found.recommended is None
    assert found.verdict.startswith("Broken off before all was measured")
    assert [bool(each.points) for each in found.combinations] == [True, False]
    lines = text.as_text(found, None).splitlines()
    assert next(line for line in lines if line.startswith(" b  NUM_PARALLEL=2")).split()[2:] == ["-"] * 7


async def test_without_a_model_of_that_name_nothing_is_planned(tmp_path: Path) -> None:
    bench = OwnServer(str(simulated_program(tmp_path, "--models", "an-embed")))
    try:
        with pytest.raises(CannotMeasureError, match=f"no model '{MODEL}' is installed; --models names"):
            await planned(bench)
        unnamed = SweepWishes(parse_axes(()))
        with pytest.raises(CannotMeasureError, match="--model names one that embeds"):
            await prepare(await bench.look(), unnamed, 1, lambda _: ())
    finally:
        await bench.put_back()


def described(**changes: object) -> DescribedModel:
    values = {"blob_path": None, "family": "gemma3", "capabilities": ("completion",)} | changes
    return DescribedModel(MODEL, 1, ShownModel(**values))  # type: ignore[arg-type]


def test_what_a_variable_cannot_change_of_a_model_is_noted() -> None:
    words = ("NUM_PARALLEL=1,4", "CONTEXT_LENGTH=4096,8192")
    plain = plan_of(wishes(*words), described(), "0.33.0", 1, ())
    assert plain.notes == ()
    held = plan_of(wishes(*words), described(family="qwen35", context_tokens=2048), "0.33.0", 1, ())
    assert "is served one at a time whatever OLLAMA_NUM_PARALLEL says" in held.notes[0]
    assert "brings a context of its own (2048 tokens)" in held.notes[1]
    assert held.levels(3) == (1, 2)


def test_what_embeds_is_embedded_and_what_does_neither_is_refused() -> None:
    plan = plan_of(wishes(), described(capabilities=("embedding",)), "0.33.0", 1, ())
    assert plan.dialect(1).path == "/api/embed"
    with pytest.raises(CannotMeasureError, match="neither writes answers nor embeds"):
        plan_of(wishes(), described(capabilities=("tools",)), "0.33.0", 1, ())


def test_what_a_release_cannot_take_is_left_out_unless_that_is_all() -> None:
    plan = plan_of(wishes("KV_CACHE_TYPE=f16,q4_1"), described(), "0.24.0", 1, ())
    assert plan.measurable == (0,)
    assert "not known to this version" in plan.refused[1]
    with pytest.raises(CannotMeasureError, match="not known to this version"):
        plan_of(wishes("KV_CACHE_TYPE=q4_1"), described(), "0.24.0", 1, ())
