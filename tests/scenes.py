"""Whole scenes for the screen: what a user may be looking at, as Frames.

Must never be random: a scene is the same at every call.
"""

import math
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import exchanges
import frames
import log_frames
from captured import NEWEST, Capture

from ollama_top.engine.spreads import by_client, by_model
from ollama_top.model.event import EventKind
from ollama_top.model.exchange import Exchange, Failure, Finish, Phase
from ollama_top.model.frame import Frame
from ollama_top.model.gpu import Gpu
from ollama_top.model.history import GpuHistory, History, Series
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.log import Log
from ollama_top.model.process import Process
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.request import Request, RequestState
from ollama_top.model.slot import Slot, SlotState
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.ollama.log.story import Story

LONG_AGO = 120  # points of history
MARKS = tuple({40: EventKind.LOAD, 90: EventKind.BUSY_503}.get(at) for at in range(LONG_AGO))


def wave(low: float, high: float, period: float, *, shift: float = 0.0, missing: int = 0) -> Series:
    """A series that swings, its oldest `missing` points unknown."""
    points = [
        low + (high - low) * (0.5 + 0.5 * math.sin((at + shift) / period)) for at in range(LONG_AGO - missing)
    ]
    return (None,) * missing + tuple(round(point, 1) for point in points)


def past(gpus: int = 2, at: int = 0) -> History:
    """Two minutes with something going on; `at` moves it on."""
    return History(
        tokens_per_s=wave(60, 230, 9, shift=at),
        waiting=tuple(float(round(point)) for point in wave(0, 6, 17, shift=at) if point is not None),
        marks=MARKS,
        running=tuple(2.0 if point else 0.0 for point in wave(0, 2, 17, shift=at)),
        gpus=tuple(
            GpuHistory(
                frames.gpu(index).identity,
                wave(70, 100, 5, shift=at) if index % 2 == 0 else (0.0,) * LONG_AGO,
            )
            for index in range(gpus)
        ),
    )


def idle() -> Frame:
    """One model loaded, nothing asked for."""
    return frames.frame(
        models=(frames.model(),),
        slots=(frames.slot(0), frames.slot(1)),
        gpus=(frames.gpu(0, 1.4, utilization_percent=Known(0.0, Source.NVIDIA)),),
        verdict=Verdict(
            Severity.OK, "Nothing is asked of gemma3:270m; it stays in memory for 4 more minutes."
        ),
    )


def busy(at: int = 0) -> Frame:
    """Two models, 2 requests in service and 4 that wait; `at` counts the ticks, 2 seconds each."""
    idle_card = frames.gpu(
        1,
        3.2,
        utilization_percent=Known(0.0, Source.NVIDIA),
        temperature_celsius=Known(38.0, Source.NVIDIA),
        power_w=Known(22.0, Source.NVIDIA),
    )
    return frames.frame(
        taken_at=frames.NOW + timedelta(seconds=2 * at),
        queue=frames.queue(2, 4, oldest_wait_s=Known(2.2 + 2 * at, Source.SOCKETS)),
        models=busy_models(),
        slots=busy_slots(at),
        requests=busy_requests(2.0 * at),
        gpus=(shared_card(), idle_card),
        processes=busy_processes(),
        verdict=Verdict(
            Severity.WARNING, "4 wait for gemma3:270m: it serves 2 at once (OLLAMA_NUM_PARALLEL=2)."
        ),
        history=past(2, at),
        finished=frames.finished(failed=Known(3, Source.LOG), busy=Known(3, Source.LOG)),
        events=(log_frames.event(EventKind.LOADED, 160), log_frames.event(EventKind.BUSY_503, 60, count=3)),
        log=written(),
    )


def shared_card() -> Gpu:
    """One that holds both models, somebody else's work, and what no process accounts for."""
    return frames.gpu(
        0,
        processes=Known(
            (
                frames.held(2002, 9.8, "qwen3:8b"),
                frames.held(2001, 1.2, "gemma3:270m"),
                frames.held(3100, 2.6, name="python3 train.py"),
            ),
            Source.NVIDIA,
        ),
        memory_other_bytes=Known(int(0.5 * frames.GIB), Source.ESTIMATE),
    )


@cache
def written() -> Log:
    """What a recorded server wrote that was asked too much."""
    story = Story()
    for line in Capture(NEWEST).log("queue1").splitlines():
        story.take(line)
    told = story.told()
    return Log(Known("the journal of ollama.service", Source.LOG), told.lines, told.left_out)


def busy_models() -> tuple[LoadedModel, ...]:
    """One that serves, and a larger one that idles, a part of it in main memory."""
    serving = frames.model(
        state=ModelState.BUSY,
        running=Known(2, Source.SLOTS),
        waiting=Known(4, Source.SOCKETS),
        tokens_per_s=Known(88.1, Source.SLOTS),
    )
    idling = frames.model(
        "qwen3:8b",
        family=Known("qwen3", Source.API),
        parameter_size=Known("8.2B", Source.API),
        quantization=Known("Q4_K_M", Source.API),
        size_bytes=Known(int(10.9 * frames.GIB), Source.API),
        vram_bytes=Known(int(9.8 * frames.GIB), Source.API),
        gpus=Known((frames.share(0, 9.8),), Source.NVIDIA),
        context_tokens=Known(32768, Source.API),
        layers_on_gpu=Known(33, Source.LOG),
        layers=Known(37, Source.LOG),
        runner_pid=Known(2002, Source.PROCESSES),
        parallel=Known(4, Source.PREDICTED),
    )
    return (serving, idling)


def busy_processes() -> tuple[Process, ...]:
    """The server and the runners of both models."""
    return (
        frames.process(),
        frames.runner(2001, "gemma3:270m"),
        frames.runner(
            2002,
            "qwen3:8b",
            cpu_percent=Known(0.0, Source.PROCESSES),
            gpus=Known((frames.share(0, 9.8),), Source.NVIDIA),
        ),
    )


def busy_slots(at: int) -> tuple[Slot, ...]:
    """One slot that writes, one that reads its prompt, and four of the other model."""
    writing = frames.slot(0, SlotState.DECODE, decoded_tokens=Known(121 + 44 * at, Source.SLOTS))
    reading = frames.slot(
        1,
        SlotState.PREFILL,
        prompt_tokens=Known(8000, Source.SLOTS),
        prompt_done_tokens=Known(min(8000, 1200 + 700 * at), Source.SLOTS),
        decoded_tokens=Known(0, Source.SLOTS),
        tokens_per_s=Missing(Why.PENDING, "the prompt is still being read"),
    )
    other = Known("qwen3:8b", Source.API)
    return (writing, reading, *(frames.slot(number, model=other, runner_pid=2002) for number in range(4)))


def busy_requests(later_s: float) -> tuple[Request, ...]:
    """Two in service, four that wait."""
    served = (frames.request(40001, age_s=3.1 + later_s), frames.request(40002, age_s=2.4 + later_s))
    waiting = (
        frames.request(
            40010 + place,
            RequestState.WAITING,
            2.2 + later_s - 0.2 * place,
            client=Known("open-webui", Source.PROCESSES),
            client_pid=Known(880, Source.PROCESSES),
        )
        for place in range(4)
    )
    return (*served, *waiting)


def crowded() -> Frame:
    """8 cards, 50 models, 300 slots, 1,000 requests."""
    names = [f"hf.co/someone/Model-{number:02d}-Instruct-GGUF:Q4_K_M" for number in range(50)]
    slots = tuple(
        frames.slot(
            number % 6,
            SlotState.DECODE if number % 3 else SlotState.IDLE,
            model=Known(names[number // 6], Source.API),
            runner_pid=2000 + number // 6,
        )
        for number in range(300)
    )
    requests = tuple(
        frames.request(
            10000 + number,
            RequestState.RUNNING if number < 200 else RequestState.WAITING,
            float(1000 - number),
            model=Missing(Why.AMBIGUOUS, "50 models are resident"),
        )
        for number in range(1000)
    )
    return frames.frame(
        queue=frames.queue(200, 800, oldest_wait_s=Known(800.0, Source.SOCKETS)),
        models=tuple(
            frames.model(name, ModelState.BUSY, runner_pid=Known(2000 + at, Source.PROCESSES))
            for at, name in enumerate(names)
        ),
        slots=slots,
        requests=requests,
        gpus=tuple(frames.gpu(index, 3.0 * index) for index in range(8)),
        verdict=Verdict(Severity.WARNING, "800 wait, the longest for 13 minutes; every slot is taken."),
        history=past(8),
    )


ENDED = (
    exchanges.done(1, finish=Known(Finish.LENGTH, Source.API)),
    exchanges.done(2, phase=Phase.FAILED, failure=Failure.BUSY, model=Known("\x1b[31mevil", Source.PROXY)),
    exchanges.done(3, phase=Phase.LEFT, client=Known("[b]bot", Source.PROCESSES)),
)


def passed(*ended: Exchange, **changes: Any) -> Frame:
    """A server behind a proxy through which some requests have passed."""
    told = ended or ENDED
    told_of = {
        "proxies": (exchanges.proxy(),),
        "exchanges": told,
        "by_model": by_model(told),
        "by_client": by_client(told),
    }
    whole = busy()
    return replace(whole, snapshot=replace(whole.snapshot, **{**told_of, **changes}))


def passing() -> Frame:
    """Requests under way through a proxy, and one beside it."""
    streaming = exchanges.exchange(
        1,
        calls_from=40_001,
        phase=Phase.STREAMING,
        ttft_s=Known(0.2, Source.PROXY),
        output_tokens=Known(121, Source.ESTIMATE),
        tokens_per_s=Known(44.0, Source.ESTIMATE),
    )
    rows = (
        replace(frames.request(40_001, age_s=3.1), exchange=streaming, source=Source.PROXY),
        frames.request(40_002, age_s=2.9),
        replace(
            frames.request(40_003, RequestState.WAITING, age_s=2.2),
            exchange=exchanges.exchange(3, calls_from=40_003),
        ),
    )
    whole = passed()
    return replace(whole, snapshot=replace(whole.snapshot, requests=rows))
