"""What the logs of real servers say of the caches of their runners."""

import re
import shlex
from dataclasses import dataclass

from ollama_top.ollama.argv import parse_runner
from ollama_top.ollama.kv_cache import CacheSettings, Engine
from ollama_top.ollama.log.story import Story

MIB = 1 << 20
BUFFER = re.compile(r"KV buffer size = +([\d.]+) MiB")
COMMAND = re.compile(r' cmd="(.*?)(?<!\\)"')
POOL = re.compile(r'msg="kv cache" device=\S+ size="([\d.]+) MiB"')


@dataclass(frozen=True)
class Load:
    """One load of a log: what was asked for, and what was allocated."""

    settings: CacheSettings
    engine: Engine
    logged_mib: float
    rounding_mib: float


def loads_of(log: str) -> list[Load]:
    """Every load in a log; runners without a model look for GPUs, and load none."""
    parts = re.split(r"(?m)^(?=.*msg=\"starting (?:runner|llama-server)\")", log)
    return [load for part in parts if "--model" in part for load in [_load(part)] if load is not None]


def _load(text: str) -> Load | None:
    started = COMMAND.search(text)
    assert started
    words = shlex.split(started[1])
    args = parse_runner(words)
    assert args
    sizes = [float(each) for each in (*BUFFER.findall(text), *POOL.findall(text))]
    if not sizes:
        return None  # refused: a quantized V without flash attention
    if words[0].endswith("llama-server"):
        assert args.parallel
        assert args.context_tokens
        assert args.batch_tokens
        has_flash_attention = words[words.index("--flash-attn") + 1] != "off"
        kind = args.kv_cache_type or "f16"
        settings = CacheSettings(
            args.parallel, args.context_tokens, kind, args.batch_tokens, has_flash_attention
        )
        return Load(settings, Engine.LLAMA_CPP, sum(sizes), rounding_mib=0.011)
    story = Story()
    for line in text.splitlines():
        story.take(line)
    (load,) = story.told().loads.values()
    assert load.parallel
    assert load.context_tokens
    assert load.batch_tokens
    kind = load.kv_cache_type or "f16"
    settings = CacheSettings(load.parallel, load.context_tokens, kind, load.batch_tokens)
    return Load(settings, Engine.OLLAMA, sum(sizes), rounding_mib=0.051)
