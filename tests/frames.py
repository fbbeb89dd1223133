"""Frames written by hand, for views: each builder knows a healthy value for all it is not told.

Must never look at a clock: every moment follows from `NOW`.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from frames_base import (  # noqa: F401 - tests find what they need of Frames in this one place
    BY_HAND,
    DENIED,
    ENVIRONMENT,
    GIB,
    NO_RUNNER,
    NOT_LOCAL,
    NOW,
    OF_THE_LOG,
    SOURCES,
    UNTOLD,
    known,
    light,
    lights,
)
from frames_service import (  # noqa: F401 - as above
    DROP_IN,
    NOT_SET,
    Assignment,
    Configuration,
    Layer,
    Place,
    Setting,
    said,
    service,
    setting,
)

from ollama_top.model.finding import Finding
from ollama_top.model.finished import Finished
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.gpu import NO_MODEL, Gpu, GpuProcess, GpuShare, GpuWork, Vendor
from ollama_top.model.history import History
from ollama_top.model.host import Host
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.log import Log
from ollama_top.model.process import Process, ProcessKind
from ollama_top.model.queue import Precision, Queue
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.request import Request, RequestState
from ollama_top.model.server import Server
from ollama_top.model.slot import Slot, SlotState
from ollama_top.model.verdict import Severity, Verdict


def server(**changes: Any) -> Server:
    """A server that runs as a service of this machine."""
    healthy = Server(
        url="http://127.0.0.1:11434",
        reachable=True,
        version=Known("0.33.0", Source.API),
        pid=Known(1234, Source.PROCESSES),
        manager=Known("systemd", Source.PROCESSES),
        unit=Known("ollama.service", Source.PROCESSES),
        user=Known("ollama", Source.PROCESSES),
        cgroup=Known("/system.slice/ollama.service", Source.PROCESSES),
        started_at=Known(NOW - timedelta(days=2, hours=4), Source.PROCESSES),
        cpu_percent=Known(213.0, Source.HOST),
        rss_bytes=Known(int(9.1 * GIB), Source.HOST),
        problem=None,
    )
    return replace(healthy, **changes)


def model(
    name: str | Missing = "gemma3:270m", state: ModelState = ModelState.IDLE, **changes: Any
) -> LoadedModel:
    """A model in memory, on GPUs in whole."""
    plain = LoadedModel(
        name=known(name, Source.API),
        state=state,
        load_percent=Missing(Why.ABSENT, "it is not being loaded"),
        family=Known("gemma3", Source.API),
        parameter_size=Known("268.10M", Source.API),
        quantization=Known("Q8_0", Source.API),
        size_bytes=Known(int(1.2 * GIB), Source.API),
        vram_bytes=Known(int(1.2 * GIB), Source.API),
        gpus=Known((share(0, 1.2),), Source.NVIDIA),
        context_tokens=Known(4096, Source.API),
        kv_cache_type=Known("f16", Source.ARGV),
        batch_tokens=Known(512, Source.ARGV),
        kv_cache_bytes=Known(180 << 20, Source.LOG),
        layers_on_gpu=Known(19, Source.LOG),
        layers=Known(19, Source.LOG),
        load_s=Known(1.26, Source.LOG),
        expires_at=Known(NOW + timedelta(minutes=4, seconds=51), Source.API),
        runner_pid=Known(2001, Source.PROCESSES),
        parallel=Known(2, Source.ARGV),
        held_at_one=None,
        request_kv_bytes=Known(90 << 20, Source.ESTIMATE),
        prompt_cache_bytes=UNTOLD,
        running=Known(0, Source.SLOTS),
        waiting=Known(0, Source.SOCKETS),
        tokens_per_s=Known(0.0, Source.SLOTS),
    )
    return replace(plain, **changes)


def slot(number: int, state: SlotState = SlotState.IDLE, **changes: Any) -> Slot:
    """A slot of a runner."""
    is_idle = state is SlotState.IDLE
    untold = Missing(Why.ABSENT, "the slot is idle")
    plain = Slot(
        model=Known("gemma3:270m", Source.API),
        runner_pid=2001,
        slot=number,
        state=state,
        prompt_tokens=untold if is_idle else Known(1200, Source.SLOTS),
        prompt_done_tokens=untold if is_idle else Known(1200, Source.SLOTS),
        decoded_tokens=untold if is_idle else Known(121, Source.SLOTS),
        context_tokens=Known(4096, Source.SLOTS),
        context_fill_percent=untold if is_idle else Known(32.3, Source.SLOTS),
        tokens_per_s=untold if is_idle else Known(44.0, Source.SLOTS),
    )
    return replace(plain, **changes)


def request(
    port: int, state: RequestState = RequestState.RUNNING, age_s: float | Missing = 3.1, **changes: Any
) -> Request:
    """A request in flight from this machine."""
    plain = Request(
        state=state,
        model=Known("gemma3:270m", Source.ESTIMATE),
        client=Known("curl", Source.PROCESSES),
        client_pid=Known(4000 + port % 1000, Source.PROCESSES),
        client_address=f"127.0.0.1:{port}",
        age_s=known(age_s, Source.SOCKETS),
        source=Source.SOCKETS,
    )
    return replace(plain, **changes)


def gpu(index: int = 0, used_gib: float = 14.1, **changes: Any) -> Gpu:
    """A healthy card of 24 GiB; what it holds is not accounted for."""
    told: dict[str, Any] = {
        "uuid": f"GPU-0000000{index}-aaaa-bbbb-cccc-000000000000",
        "pci_address": f"0000:0{index + 1}:00.0",
        "name": "NVIDIA GeForce RTX 4090",
        "driver_version": "580.95.05",
        "memory_used_bytes": int(used_gib * GIB),
        "memory_total_bytes": 24 * GIB,
        "memory_is_shared": False,
        "utilization_percent": 97.0,
        "temperature_celsius": 71.0,
        "power_w": 312.0,
        "power_limit_w": 450.0,
        "energy_j": 1_234_567.0,
        "fan_percent": 45.0,
        "clock_mhz": 2520,
        "clock_max_mhz": 3105,
        "memory_clock_mhz": 10_501,
        "memory_clock_max_mhz": 10_501,
        "performance_state": 2,
        "throttle": (),
        "pcie_generation": 4,
        "pcie_generation_max": 4,
        "pcie_width": 16,
        "pcie_width_max": 16,
        "mig_enabled": False,
        "mig_devices": Missing(Why.ABSENT, "This card is not divided."),
        "processes": (),
    }
    readings = {name: known(value, Source.NVIDIA) for name, value in told.items()}
    readings["memory_other_bytes"] = Known(int(used_gib * GIB), Source.ESTIMATE)
    return replace(Gpu.untold(index, Vendor.NVIDIA, UNTOLD, **readings), **changes)


def held(pid: int, gib: float | Missing, model_name: str | None = None, name: str = "ollama") -> GpuProcess:
    """A process that computes on a card: a runner's where it has a model."""
    return GpuProcess(
        pid=pid,
        work=GpuWork.COMPUTE,
        memory_bytes=gib if isinstance(gib, Missing) else Known(int(gib * GIB), Source.NVIDIA),
        name=Known(name, Source.PROCESSES),
        model=Known(model_name, Source.API) if model_name else NO_MODEL,
    )


def share(index: int, gib: float) -> GpuShare:
    """A process's part of a card."""
    return GpuShare(Vendor.NVIDIA, index, gpu(index).uuid, Known(int(gib * GIB), Source.NVIDIA))


def host(**changes: Any) -> Host:
    """A machine of 16 processors."""
    plain = Host(
        name="gpu-box",
        cpu_count=Known(16, Source.HOST),
        cpu_percent=Known(34.0, Source.HOST),
        memory_used_bytes=Known(int(12.1 * GIB), Source.HOST),
        memory_total_bytes=Known(int(62.8 * GIB), Source.HOST),
        swap_used_bytes=Known(0, Source.HOST),
        swap_total_bytes=Known(8 * GIB, Source.HOST),
        load_average=Known(5.4, Source.HOST),
    )
    return replace(plain, **changes)


def process(pid: int = 1234, kind: ProcessKind = ProcessKind.SERVER, **changes: Any) -> Process:
    """A process of the server's tree; by default the server's own."""
    plain = Process(
        pid=pid,
        kind=kind,
        model=NO_RUNNER,
        port=NO_RUNNER,
        cpu_percent=Known(3.0, Source.PROCESSES),
        rss_bytes=Known(300 << 20, Source.PROCESSES),
        gpus=Known((), Source.NVIDIA),
        threads=Known(24, Source.PROCESSES),
        open_files=Known(31, Source.PROCESSES),
        open_files_limit=Known(1024, Source.PROCESSES),
        open_files_hard_limit=Known(524_288, Source.PROCESSES),
        locked_memory_limit_bytes=Known(8 << 20, Source.PROCESSES),
        started_at=NOW - timedelta(days=2, hours=4),
        command=Known("/usr/local/bin/ollama serve", Source.PROCESSES),
    )
    return replace(plain, **changes)


def runner(pid: int, name: str, **changes: Any) -> Process:
    """The process that holds a model."""
    whole = {
        "model": Known(name, Source.API),
        "gpus": Known((share(0, 1.2),), Source.NVIDIA),
        "port": Known(39_000 + pid, Source.ARGV),
        "cpu_percent": Known(104.0, Source.PROCESSES),
        "rss_bytes": Known(int(1.3 * GIB), Source.PROCESSES),
        "threads": Known(38, Source.PROCESSES),
        "started_at": NOW - timedelta(minutes=12),
        "command": Known(f"/usr/local/lib/ollama/llama-server --model /m/{name} -np 2", Source.PROCESSES),
    }
    return process(pid, ProcessKind.RUNNER, **{**whole, **changes})


def queue(running: int | Missing = 0, waiting: int | Missing = 0, **changes: Any) -> Queue:
    """An exact count."""
    plain = Queue(
        running=known(running, Source.SLOTS),
        waiting=known(waiting, Source.SOCKETS),
        precision=Precision.EXACT,
        precision_note=None,
        oldest_wait_s=Missing(Why.ABSENT, "nothing waits"),
        source=Source.SOCKETS,
    )
    return replace(plain, **changes)


def finished(**changes: Any) -> Finished:
    """Five minutes in which all went well."""
    plain = Finished(
        window_s=Known(300.0, Source.LOG),
        per_minute=Known(12.0, Source.LOG),
        succeeded=Known(60, Source.LOG),
        refused=Known(0, Source.LOG),
        failed=Known(0, Source.LOG),
        busy=Known(0, Source.LOG),
        duration_p50_s=Known(2.4, Source.LOG),
        duration_p95_s=Known(9.1, Source.LOG),
    )
    return replace(plain, **changes)


def frame(
    *,
    verdict: Verdict = Verdict(Severity.OK, "Nothing waits."),  # noqa: B008 - it is frozen
    history: History = History(),  # noqa: B008 - it is frozen
    findings: tuple[Finding, ...] = (),
    log: Log = Log(Known("the journal of ollama.service", Source.LOG)),  # noqa: B008 - it is frozen
    **changes: Any,
) -> Frame:
    """A Frame of a server with nothing loaded; keywords are fields of its Snapshot."""
    empty = Snapshot(
        taken_at=NOW,
        demo=False,
        server=server(),
        queue=queue(),
        models=(),
        slots=(),
        requests=(),
        finished=finished(),
        events=(),
        gpus=(),
        processes=(process(),),
        environment=Known(ENVIRONMENT, Source.PROCESSES),
        host=host(),
        service=BY_HAND,
        settings=(),
        sources=lights(),
    )
    return Frame(replace(empty, **changes), findings, verdict, history, log)
