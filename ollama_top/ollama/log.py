"""What the server's log tells of the runners that it started.

Lines of a load carry no process and no model; they belong to the runner started last before them.
What a client can write there, the quoted path of its request, must never pass for such a line.
"""

import re
from dataclasses import dataclass

STARTING = re.compile(r'msg="starting (?:runner|llama-server|llama server)" cmd="(?P<cmd>.*?)(?<!\\)"')
PORT = re.compile(r"--port (\d{1,5})\b")
COMMIT = re.compile(
    r'msg=load request="\{Operation:commit .*?\bParallel:(?P<parallel>\d{1,9}) '
    r"(?:BatchSize:(?P<batch>\d{1,9}) )?.*?"
    r"\bKvSize:(?P<kv_size>\d{1,12}) KvCacheType:(?P<kv_type>\S*)"
)
SLOTS = re.compile(
    r"^srv +load_model: initializing, n_slots = (?P<parallel>\d{1,9}), n_ctx_slot = (?P<context>\d{1,12})\b"
)


@dataclass(frozen=True, slots=True)
class LoadedRunner:
    """What the log says of the load of one runner."""

    port: int
    parallel: int
    context_tokens: int | None  # of one slot
    kv_cache_type: str | None
    batch_tokens: int | None = None  # read in one step


def parse_loads(text: str) -> dict[int, LoadedRunner]:
    """The last load of each runner in a stretch of the log, by the runner's port."""
    loads: dict[int, LoadedRunner] = {}
    port: int | None = None
    for line in text.splitlines():
        started = STARTING.search(line)
        if started:
            found = PORT.search(started["cmd"])
            port = int(found[1]) if found else None
            loads.pop(port or 0, None)  # a port may be used again: what an earlier runner said is void
            continue
        load = _load(line, port) if port is not None else None
        if load:
            loads[load.port] = load
    return loads


def _load(line: str, port: int) -> LoadedRunner | None:
    commit, slots = COMMIT.search(line), SLOTS.search(line)
    if commit and int(commit["parallel"]):
        parallel = int(commit["parallel"])
        context_tokens = int(commit["kv_size"]) // parallel
        batch_tokens = int(commit["batch"]) if commit["batch"] else None
        return LoadedRunner(port, parallel, context_tokens, commit["kv_type"] or None, batch_tokens)
    if slots and int(slots["parallel"]):
        return LoadedRunner(port, int(slots["parallel"]), int(slots["context"]), None)
    return None
