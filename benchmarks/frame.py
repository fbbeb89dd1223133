"""Times one Frame of a crowded server: 8 GPUs, 50 models, 300 slots, 1,000 requests.

Must never ask a source: only what follows from samples is timed. Type `python benchmarks/frame.py`.
"""

import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from ollama_top.engine import derive
from ollama_top.engine.samples import Samples, Taken, Traffic
from ollama_top.engine.state import State
from ollama_top.model.frame import Frame
from ollama_top.model.gpu import NO_MODEL, Gpu, GpuProcess, GpuWork, Vendor
from ollama_top.model.host import Host
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.ollama.argv import Generation, RunnerArgs
from ollama_top.ollama.replies import PsModel, ShownModel
from ollama_top.ollama.slots import SlotReply
from ollama_top.sources.api import ApiLook
from ollama_top.sources.clients import Client
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.inet_diag import ESTABLISHED, Endpoint, Socket
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.processes import RunnerProcess, TreeLook
from ollama_top.sources.runners import SlotsLook
from ollama_top.sources.watched import ProcessLook

GPUS, MODELS, PARALLEL, REQUESTS = 8, 50, 6, 1000
SERVED = MODELS * PARALLEL
GIB = 1 << 30
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SERVER, HERE = Endpoint("127.0.0.1", 11434), "127.0.0.1"
FIRST_PORT = 50_000
FIRST_PID = 2000
CLIENT = Client(Known(4711, Source.PROCESSES), Known("python bot.py", Source.PROCESSES))
LOOKS = 40
GLANCES_AGO_S = (1.5, 1.0, 0.5)
HOST = Host(
    "gpu-box",
    Known(64, Source.HOST),
    Known(34.0, Source.HOST),
    Known(64 * GIB, Source.HOST),
    Known(99 * GIB, Source.HOST),
    Known(0, Source.HOST),
    Known(8 * GIB, Source.HOST),
    Known(12.5, Source.HOST),
)


def crowd(tick: int) -> Samples:
    """What the sources bring at one look; from tick to tick every stream goes on and some requests change."""
    at_s = 1000.0 + tick
    shown = {
        f"model-{number}": ShownModel(f"/blobs/{number}", "llama", ("completion",))
        for number in range(MODELS)
    }
    api = ApiLook("0.33.0", tuple(map(loaded, range(MODELS))), shown)
    process = ServerProcess(1, "ollama", NOW, Keeper.SYSTEMD, "ollama.service", ())
    tree = TreeLook(
        Known(process, Source.PROCESSES),
        tuple(map(runner, range(MODELS))),
        processes=tuple(map(look, range(MODELS))),
    )
    served = tuple(connection(number, tick) for number in range(REQUESTS))
    traffic = Traffic(
        served,
        {FIRST_PORT + number: tuple(to_runner(number, tick)) for number in range(MODELS)},
        {FIRST_PORT + number: SlotsLook(at_s, tuple(slots(number, tick))) for number in range(MODELS)},
        clients={each.remote: CLIENT for each in served},
        glances=tuple(Taken(served, at_s - ago_s) for ago_s in GLANCES_AGO_S),
    )
    return Samples(
        taken_at=NOW + timedelta(seconds=tick),
        at_s=at_s,
        url="http://127.0.0.1:11434",
        is_local=True,
        host=Taken(HOST, at_s),
        api=Taken(api, at_s),
        tree=Taken(tree, at_s),
        traffic=Taken(traffic, at_s),
        gpus=(Taken(GpuLook(tuple(map(gpu, range(GPUS)))), at_s),),
        lights=tuple(Light(each, LightState.OK, 0.1, 0.01, None) for each in ("api", "sockets", "slots")),
    )


def loaded(number: int) -> PsModel:
    """A model of /api/ps."""
    return PsModel(f"model-{number}", None, "llama", "8B", "Q4_K_M", 5 * GIB, 5 * GIB, 4096, NOW)


def look(number: int) -> ProcessLook:
    """The process of its runner."""
    some = Known(number, Source.PROCESSES)
    return ProcessLook(
        2000 + number, 100.0, ("llama-server", "--model", f"/blobs/{number}"), some, some, some, some
    )


def runner(number: int) -> RunnerProcess:
    """Its runner."""
    args = RunnerArgs(Generation.LLAMA_SERVER, f"/blobs/{number}", FIRST_PORT + number, PARALLEL, 4096, None)
    return RunnerProcess(FIRST_PID + number, 0.0, args)


def slots(model: int, tick: int) -> list[SlotReply]:
    """All its slots at work; each serves a request for ten looks."""
    return [
        SlotReply(slot, True, task(model, slot, tick), 4096, 0, 100, 200, 10 + 40 * age(slot, tick))  # noqa: FBT003 - busy
        for slot in range(PARALLEL)
    ]


def age(slot: int, tick: int) -> int:
    """For how many looks the request in a slot has been served."""
    return (tick + slot) % 10


def task(model: int, slot: int, tick: int) -> int:
    """A number of its own for each request."""
    return 1000 * model + 100 * slot + (tick + slot) // 10


def connection(number: int, tick: int) -> Socket:
    """The first 300 are in service, every other of them streamed; the rest wait."""
    is_streamed = number < SERVED and number % 2 == 0
    asked = (tick + number) // 10
    words = 40 * age(number, tick) if is_streamed else 0
    sent_bytes = 100 * (words + 400 * asked) if is_streamed else 5000 * asked
    last_sent_ms = 10 + number % 20 if is_streamed else 1000 * (age(number, tick) + 1) + 10
    received_ms = 1000 * age(number, tick) + 500
    remote = Endpoint(HERE, 10_000 + number)
    counters = (last_sent_ms, received_ms, sent_bytes, 300 * (asked + 1), words + 400 * asked)
    return Socket(number + 1, ESTABLISHED, SERVER, remote, 0, 0, None, *counters)


def to_runner(model: int, tick: int) -> list[Socket]:
    """The server's connections to a runner, one for each request in service."""
    local = Endpoint(HERE, FIRST_PORT + model)
    return [
        Socket(
            10_000 + task(model, slot, tick),
            ESTABLISHED,
            local,
            Endpoint(HERE, 20_000 + model * PARALLEL + slot),
            0,
            0,
            None,
            10 + (model * PARALLEL + slot) % 20,
            1000 * age(slot, tick) + 500,
            100 * (1 + 40 * age(slot, tick)),
            500,
            1 + 40 * age(slot, tick),
        )
        for slot in range(PARALLEL)
    ]


def gpu(index: int) -> Gpu:
    """A card that a part of every model is on."""
    holders = tuple(
        GpuProcess(
            FIRST_PID + number,
            GpuWork.COMPUTE,
            Known(GIB, Source.NVIDIA),
            Known("llama-server", Source.PROCESSES),
            NO_MODEL,
        )
        for number in range(MODELS)
    )
    return Gpu.untold(
        index,
        Vendor.NVIDIA,
        Missing(Why.UNSUPPORTED, "not told"),
        uuid=Known(f"GPU-{index}", Source.NVIDIA),
        name=Known("NVIDIA H100", Source.NVIDIA),
        memory_used_bytes=Known(60 * GIB, Source.NVIDIA),
        memory_total_bytes=Known(80 * GIB, Source.NVIDIA),
        utilization_percent=Known(97.0, Source.NVIDIA),
        temperature_celsius=Known(71.0, Source.NVIDIA),
        power_w=Known(650.0, Source.NVIDIA),
        power_limit_w=Known(700.0, Source.NVIDIA),
        processes=Known(holders, Source.NVIDIA),
    )


def timed(looks: int) -> tuple[list[float], Frame]:
    """Milliseconds of each Frame after the first, and the last of them."""
    state, frame = derive.step(State(), crowd(0))
    milliseconds = []
    for tick in range(1, looks + 1):
        samples = crowd(tick)
        began_s = time.perf_counter()
        state, frame = derive.step(state, samples)
        milliseconds.append((time.perf_counter() - began_s) * 1000)
    return milliseconds, frame


def main() -> None:
    """Print the median and the worst."""
    milliseconds, frame = timed(int(sys.argv[1]) if len(sys.argv) > 1 else LOOKS)
    snapshot = frame.snapshot
    crowded = f"{len(snapshot.gpus)} GPUs, {len(snapshot.models)} models, {len(snapshot.slots)} slots"
    print(f"a Frame of {crowded}, {len(snapshot.requests)} requests")
    print(f"median {statistics.median(milliseconds):.1f} ms, worst {max(milliseconds):.1f} ms")


if __name__ == "__main__":
    main()
