"""The lines that Ollama and its runners write to their log, as far as a monitor reads them."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from ollama_top.demo.catalogue import MIB
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.values import Kind, understood

ALL_IDLE = "srv  update_slots: all slots are idle"


def write(line: str) -> None:
    """Write a line to the log, at once."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def info(source: str, rest: str, at: datetime | None = None) -> str:
    """A line of the server itself, of now where no moment is given."""
    stamp = (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"time={stamp} level=INFO source={source} {rest}"


def config(variables: Mapping[str, str], at: datetime | None = None) -> str:
    """The effective settings at start."""
    pairs = " ".join(f"{name}:{value}" for name, value in sorted(variables.items()))
    return info("routes.go:1951", f'msg="server config" env="map[{pairs}]"', at)


def in_effect(text: str, default: int) -> str:
    """A number as the server takes it and prints it: one that cannot be read is the default."""
    return understood(Kind.COUNT, text).value or str(default)


def listening(address: str, version: str, at: datetime | None = None) -> str:
    """The port is open."""
    return info("routes.go:2008", f'msg="Listening on {address} (version {version})"', at)


def starting(argv: Sequence[str], *, is_llama: bool, at: datetime | None = None) -> str:
    """A runner is started."""
    name, source = ("llama-server", "llama_server.go:433") if is_llama else ("runner", "server.go:433")
    return info(source, f'msg="starting {name}" cmd="{" ".join(argv)}"', at)


def loaded(seconds: float, at: datetime | None = None) -> str:
    """A llama-server is ready."""
    return info("llama_server.go:1362", f'msg="llama-server started in {seconds:.2f} seconds"', at)


def evicting(at: datetime | None = None) -> str:
    """Others have to go before a model can be loaded."""
    return info("sched.go:551", 'msg="llama-server model predicted to exceed available memory, evicting"', at)


def aborting(at: datetime | None = None) -> str:
    """A client left."""
    return info(
        "llama_server.go:1895", 'msg="aborting chat request due to client closing the connection"', at
    )


def of_load(generation: Generation, parallel: int, context_tokens: int) -> list[str]:
    """What a runner writes when it has loaded its model."""
    if generation in {Generation.CPP, Generation.MLX}:
        return []  # nothing that a monitor reads
    if generation is Generation.LLAMA_SERVER:
        sizes = f"n_slots = {parallel}, n_ctx_slot = {context_tokens}"
        slots = [
            f"slot   load_model: id  {number} | task -1 | new slot, n_ctx = {context_tokens}"
            for number in range(parallel)
        ]
        return [
            f"srv    load_model: initializing, {sizes}, kv_unified = 'false'",
            *slots,
            "srv    load_model: prompt cache is enabled, size limit: 8192 MiB",
            "srv  llama_server: model loaded",
            ALL_IDLE,
        ]
    return [
        info(
            "runner.go:1297",
            f'msg=load request="{{Operation:{operation} LoraPath:[] Parallel:{parallel} BatchSize:512'
            f" FlashAttention:Enabled KvSize:{context_tokens * parallel} KvCacheType: NumThreads:8"
            ' GPULayers:[] MultiUserCache:false ProjectorPath: MainGPU:0 UseMmap:false}"',
        )
        for operation in ("fit", "alloc", "commit")
    ]


def request(
    status: int, seconds: float, client: str, method: str, path: str, at: datetime | None = None
) -> str:
    """The end of a request, as Gin writes it."""
    now = (at or datetime.now(UTC)).strftime("%Y/%m/%d - %H:%M:%S")
    return f'[GIN] {now} | {status} | {_gin_duration(seconds):>12} | {client:>15} | {method:<8} "{path}"'


def of_mlx(method: str, path: str, status: int) -> str:
    """What an MLX runner notes of a question that it has answered, one that it sent on excepted."""
    words = f'"{status} {HTTPStatus(status).phrase}"'
    return info("server.go:183", f"msg=ServeHTTP method={method} path={path} took=1ms status={words}")


def compute(total_bytes: int) -> str:
    """The graphics memory found at start."""
    return info("routes.go:2058", f'msg="vram-based default context" total_vram="{total_bytes // MIB} MiB"')


def _gin_duration(seconds: float) -> str:
    if seconds >= 60:
        return f"{int(seconds) // 60}m{int(seconds) % 60}s"
    if seconds >= 1:
        return f"{seconds:.9f}s"
    return f"{1000 * seconds:.6f}ms" if seconds >= 1e-3 else f"{1e6 * seconds:.3f}µs"
