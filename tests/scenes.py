"""Whole scenes for the screen: what a user may be looking at, as Frames.

Must never be random: a scene is the same at every call.
"""

import math
from dataclasses import replace
from datetime import timedelta

import frames

from ollama_top.model.frame import Frame
from ollama_top.model.history import History, Series
from ollama_top.model.light import LightState
from ollama_top.model.loaded import ModelState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.request import RequestState
from ollama_top.model.slot import SlotState
from ollama_top.model.verdict import Severity, Verdict

LONG_AGO = 120  # points of history


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
        running=tuple(2.0 if point else 0.0 for point in wave(0, 2, 17, shift=at)),
        gpu_percent=tuple(
            wave(70, 100, 5, shift=at) if index % 2 == 0 else (0.0,) * LONG_AGO for index in range(gpus)
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
    second = frames.known("qwen3:8b", Source.API)
    slots = (
        frames.slot(0, SlotState.DECODE, decoded_tokens=Known(121 + 44 * at, Source.SLOTS)),
        frames.slot(
            1,
            SlotState.PREFILL,
            prompt_tokens=Known(8000, Source.SLOTS),
            prompt_done_tokens=Known(min(8000, 1200 + 700 * at), Source.SLOTS),
            decoded_tokens=Known(0, Source.SLOTS),
            tokens_per_s=Missing(Why.PENDING, "the prompt is still being read"),
        ),
        *(frames.slot(number, model=second, runner_pid=2002) for number in range(4)),
    )
    waiting = tuple(
        frames.request(
            40010 + place,
            RequestState.WAITING,
            2.2 + 2 * at - 0.2 * place,
            client=Known("open-webui", Source.PROCESSES),
            client_pid=Known(880, Source.PROCESSES),
        )
        for place in range(4)
    )
    return frames.frame(
        taken_at=frames.NOW + timedelta(seconds=2 * at),
        queue=frames.queue(2, 4, oldest_wait_s=Known(2.2 + 2 * at, Source.SOCKETS)),
        models=(
            frames.model(
                state=ModelState.BUSY,
                running=Known(2, Source.SLOTS),
                waiting=Known(4, Source.SOCKETS),
                tokens_per_s=Known(88.1, Source.SLOTS),
            ),
            frames.model(
                "qwen3:8b",
                family=Known("qwen3", Source.API),
                parameter_size=Known("8.2B", Source.API),
                quantization=Known("Q4_K_M", Source.API),
                size_bytes=Known(int(10.9 * frames.GIB), Source.API),
                vram_bytes=Known(int(9.8 * frames.GIB), Source.API),
                context_tokens=Known(32768, Source.API),
                runner_pid=Known(2002, Source.PROCESSES),
                parallel=Known(4, Source.PREDICTED),
            ),
        ),
        slots=slots,
        requests=(
            frames.request(40001, age_s=3.1 + 2 * at),
            frames.request(40002, age_s=2.4 + 2 * at),
            *waiting,
        ),
        gpus=(
            frames.gpu(0),
            frames.gpu(
                1,
                3.2,
                utilization_percent=Known(0.0, Source.NVIDIA),
                temperature_celsius=Known(38.0, Source.NVIDIA),
                power_w=Known(22.0, Source.NVIDIA),
            ),
        ),
        verdict=Verdict(
            Severity.WARNING, "4 wait for gemma3:270m: it serves 2 at once (OLLAMA_NUM_PARALLEL=2)."
        ),
        history=past(2, at),
    )


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


def unreachable() -> Frame:
    """Nothing listens where Ollama should."""
    problem = "nothing answers at 127.0.0.1:11434 (connection refused)"
    nothing = Missing(Why.FAILED, problem)
    return frames.frame(
        server=frames.server(
            reachable=False,
            version=nothing,
            pid=Missing(Why.ABSENT, "no process listens there"),
            manager=nothing,
            unit=nothing,
            user=nothing,
            started_at=nothing,
            cpu_percent=nothing,
            rss_bytes=nothing,
            problem=problem,
        ),
        queue=frames.queue(
            nothing, nothing, precision=Precision.UNKNOWN, precision_note="no server answers", source=None
        ),
        gpus=(frames.gpu(0, 0.4, utilization_percent=Known(0.0, Source.NVIDIA)),),
        sources=frames.lights(api=frames.light("api", LightState.FAILED, None, problem)),
        verdict=Verdict(Severity.ERROR, f"no answer from http://127.0.0.1:11434: {problem}"),
    )


def denied() -> Frame:
    """A service of another user, looked at without rights: the counts are right, the details hidden."""
    hidden = frames.DENIED
    shown = busy()
    requests = tuple(replace(each, client=hidden, client_pid=hidden) for each in shown.snapshot.requests)
    models = (
        replace(
            shown.snapshot.models[0],
            parallel=Known(2, Source.PREDICTED),
            kv_cache_type=hidden,
            runner_pid=hidden,
        ),
    )
    snapshot = replace(
        shown.snapshot,
        server=frames.server(cpu_percent=hidden, rss_bytes=hidden),
        models=models,
        slots=(),
        requests=requests,
        sources=frames.lights(
            processes=frames.light("processes", LightState.LIMITED, 0.1, hidden.hint),
            slots=frames.light("slots", LightState.LIMITED, 0.1, "the ports of the runners may not be read"),
        ),
    )
    return replace(shown, snapshot=snapshot)


def stale() -> Frame:
    """The API has not answered for a while; what it said last is still shown."""
    shown = busy()
    problem = "accepts the connection and does not answer (timed out)"
    old = frames.light("api", LightState.FAILED, 42.0, problem)
    snapshot = replace(
        shown.snapshot,
        server=frames.server(reachable=False, problem=problem),
        sources=frames.lights(api=old),
    )
    verdict = Verdict(Severity.ERROR, f"no answer from http://127.0.0.1:11434: {problem}")
    return replace(shown, snapshot=snapshot, verdict=verdict)


def hostile() -> Frame:
    """Names that would like to be markup, escape sequences, other directions, or wide."""
    names = (
        "[red]x[/red][@click=app.quit]y[/]",
        "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b5A",
        "evil\u202eexe.fdp\u2066\u200b",
        "日本語モデル:七十億パラメータ量子化版最新",
        "line\nbreak\r\ttab",
        "\ud800half🦙llama",
    )
    return frames.frame(
        models=tuple(
            frames.model(name, runner_pid=Known(2000 + at, Source.PROCESSES)) for at, name in enumerate(names)
        ),
        requests=tuple(
            frames.request(
                41000 + at,
                model=Known(name, Source.ESTIMATE),
                client=Known(name[::-1], Source.PROCESSES),
            )
            for at, name in enumerate(names)
        ),
        server=frames.server(
            version=Known("0.33.0\x1b[2J", Source.API), unit=Known("[b]u[/b]", Source.SERVICE)
        ),
        verdict=Verdict(Severity.INFO, f"nothing waits for {names[1]} nor {names[3]}"),
    )


def remote() -> Frame:
    """A server on another machine: only what its API tells."""
    away = frames.NOT_LOCAL
    return frames.frame(
        server=frames.server(
            url="https://llm.example.net:443",
            pid=away,
            manager=away,
            unit=away,
            user=away,
            started_at=away,
            cpu_percent=away,
            rss_bytes=away,
        ),
        queue=frames.queue(away, away, precision=Precision.UNKNOWN, precision_note=away.hint, source=None),
        models=(
            frames.model(
                state=ModelState.LOADED,
                kv_cache_type=away,
                runner_pid=away,
                parallel=away,
                running=away,
                waiting=away,
                tokens_per_s=away,
                expires_at=Known(frames.NOW + timedelta(days=365 * 300), Source.API),
            ),
        ),
        gpus=(),
        host=frames.host(name="laptop"),
        sources=(
            frames.light("api"),
            frames.light("nvidia", LightState.ABSENT, 0.1, "no driver"),
            frames.light("host"),
        ),
        verdict=Verdict(Severity.INFO, "1 model is loaded; what it serves cannot be seen from here."),
    )


def lost_card() -> Frame:
    """One card fell off the bus, one is read only in part."""
    lost = Missing(Why.FAILED, "the GPU is lost")
    return frames.frame(
        gpus=(
            frames.gpu(
                0,
                memory_used_bytes=lost,
                memory_total_bytes=lost,
                utilization_percent=lost,
                temperature_celsius=lost,
                power_w=lost,
                power_limit_w=lost,
                problem="the GPU is lost: it must be reset, or the machine started anew",
            ),
            frames.gpu(1, 23.6, temperature_celsius=Known(88.0, Source.NVIDIA), power_w=frames.UNTOLD),
        ),
        verdict=Verdict(Severity.ERROR, "GPU 0 is lost."),
        history=past(2),
    )
