"""Scenes in which something is wrong or out of sight, as Frames.

Must never be random: a scene is the same at every call.
"""

from dataclasses import replace
from datetime import timedelta

import frames
import log_frames
import scenes

from ollama_top.model.frame import Frame
from ollama_top.model.gpu import Gpu, Throttle, Vendor
from ollama_top.model.light import LightState
from ollama_top.model.loaded import ModelState
from ollama_top.model.log import Log
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.verdict import Severity, Verdict


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


JOURNAL = Missing(
    Why.DENIED,
    "the journal may be read by root and the groups adm and systemd-journal:"
    " `sudo usermod -aG systemd-journal $USER`, and log in again",
)


def denied() -> Frame:
    """A service of another user, looked at without rights: the counts are right, the details hidden."""
    hidden = frames.DENIED
    shown = scenes.busy()
    requests = tuple(replace(each, client=hidden, client_pid=hidden) for each in shown.snapshot.requests)
    models = (
        replace(
            shown.snapshot.models[0],
            parallel=Known(2, Source.PREDICTED),
            kv_cache_type=hidden,
            gpus=hidden,
            batch_tokens=hidden,
            runner_pid=hidden,
            **dict.fromkeys(frames.OF_THE_LOG, hidden),
        ),
    )
    snapshot = replace(
        shown.snapshot,
        server=frames.server(cpu_percent=hidden, rss_bytes=hidden),
        models=models,
        slots=(),
        requests=requests,
        processes=tuple(replace(each, open_files=hidden) for each in shown.snapshot.processes),
        environment=hidden,
        finished=log_frames.unknown_finished(JOURNAL),
        sources=frames.lights(
            processes=frames.light("processes", LightState.LIMITED, 0.1, hidden.hint),
            slots=frames.light("slots", LightState.LIMITED, 0.1, "the ports of the runners may not be read"),
            log=frames.light("log", LightState.LIMITED, 0.1, JOURNAL.hint),
        ),
    )
    return replace(shown, snapshot=snapshot, log=Log(JOURNAL))


def stale() -> Frame:
    """The API has not answered for a while; what it said last is still shown."""
    shown = scenes.busy()
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
        "שלום🦙llama\ud800🇩🇪",
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
                gpus=away,
                batch_tokens=away,
                runner_pid=away,
                parallel=away,
                running=away,
                waiting=away,
                tokens_per_s=away,
                **dict.fromkeys(frames.OF_THE_LOG, away),
                expires_at=Known(frames.NOW + timedelta(days=365 * 300), Source.API),
            ),
        ),
        gpus=(),
        finished=log_frames.unknown_finished(away),
        log=Log(away),
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
            Gpu.untold(
                0,
                Vendor.NVIDIA,
                lost,
                problem="the GPU is lost: it must be reset, or the machine started anew",
                uuid=frames.gpu(0).uuid,
                name=frames.gpu(0).name,
            ),
            frames.gpu(
                1,
                23.6,
                temperature_celsius=Known(88.0, Source.NVIDIA),
                power_w=frames.UNTOLD,
                throttle=Known((Throttle.POWER_CAP, Throttle.HEAT), Source.NVIDIA),
                processes=Missing(Why.UNSUPPORTED, "NVIDIA's driver does not tell it."),
            ),
        ),
        verdict=Verdict(Severity.ERROR, "GPU 0 is lost."),
        history=scenes.past(2),
    )
