"""Every variable that Ollama's server reads, declared once: what it does, costs, and means when unset. Pure.

Releases and defaults are those of envconfig/config.go at each tag from v0.1.33 to v0.33; `since` is
the first tag that reads the variable, and the first default is that tag's.
"""

from ollama_top.ollama.families import Release
from ollama_top.ollama.values import Kind, trimmed, understood
from ollama_top.ollama.variable import Variable

MOST_SEQUENCES = 256  # LLAMA_MAX_SEQ of llama.cpp
NEW_RUNNERS: Release = (0, 30, 0)
OLD_KV_TYPES = frozenset({"f16", "q8_0", "q4_0"})
KV_TYPES = frozenset({"f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"})


def _parallel_limit(value: str, release: Release | None) -> str | None:
    if value == "0" and (release is None or release >= (0, 11, 5)):
        return "0 does not mean automatic any more: it counts as 1"
    if int(value) > MOST_SEQUENCES and (release is None or release >= NEW_RUNNERS):
        return f"{value} is more than the {MOST_SEQUENCES} that a runner can take: models will not load"
    return None


def _queue_limit(value: str, _: Release | None) -> str | None:
    return "with 0 nearly every request that needs a load is refused as busy" if value == "0" else None


def _kv_limit(value: str, release: Release | None) -> str | None:
    if release is not None and release < NEW_RUNNERS:
        return None if value in OLD_KV_TYPES else f"{value!r} is not known to this version, which takes f16"
    return (
        None if value in KV_TYPES else f"{value!r} is no type that llama-server knows: models will not load"
    )


OFF, AUTO = "off", "automatic"

VARIABLES: tuple[Variable, ...] = (
    Variable(
        "OLLAMA_NUM_PARALLEL",
        Kind.COUNT,
        "Requests that each loaded model serves at once.",
        (
            ((0, 1, 33), "1"),
            ((0, 2, 0), "automatic: 4, or 1 if memory is short"),
            ((0, 6, 7), "automatic: 2, or 1 if memory is short"),
            ((0, 10, 0), "1"),
        ),
        "A K/V cache for each, so memory grows with it; models are loaded anew.",
        limit=_parallel_limit,
    ),
    Variable(
        "OLLAMA_MAX_LOADED_MODELS",
        Kind.COUNT,
        "Models kept in memory at once.",
        (((0, 1, 33), "1"), ((0, 2, 0), "automatic: 3 for each GPU, 3 without")),
        "Too few, and models take turns in memory; too many, and they crowd each other out of it.",
    ),
    Variable(
        "OLLAMA_MAX_QUEUE",
        Kind.COUNT,
        "Requests that may wait for a model to be loaded; one more is refused as busy (503).",
        (((0, 1, 34), "512"),),
        "It does not bound what waits for a model that is loaded.",
        limit=_queue_limit,
    ),
    Variable(
        "OLLAMA_CONTEXT_LENGTH",
        Kind.COUNT,
        "Context of a request that asks for none, in tokens.",
        (((0, 5, 13), "2048"), ((0, 6, 7), "4096"), ((0, 15, 5), "automatic: 4k, 32k or 256k by GPU memory")),
        "The K/V cache grows with it, for each parallel request.",
    ),
    Variable(
        "OLLAMA_KEEP_ALIVE",
        Kind.DURATION,
        "How long a model stays in memory after its last request that does not say.",
        (((0, 1, 39), "5m"),),
        "Long, and memory stays taken; 0, and each request loads the model anew.",
    ),
    Variable(
        "OLLAMA_FLASH_ATTENTION",
        Kind.SWITCH,
        "Whether attention is computed with less memory; needed for a quantized K/V cache.",
        (
            ((0, 1, 39), OFF),
            ((0, 12, 4), "automatic by model"),
            ((0, 30, 0), "automatic: where the runner can"),
        ),
    ),
    Variable(
        "OLLAMA_KV_CACHE_TYPE",
        Kind.NAME,
        "Type of the K/V cache: q8_0 takes half the memory of f16, q4_0 a quarter.",
        (((0, 5, 0), "f16"),),
        "Fewer bits cost some accuracy, q4_0 more than q8_0.",
        limit=_kv_limit,
    ),
    Variable(
        "OLLAMA_HOST",
        Kind.TEXT,
        "Address and port that the server listens on.",
        (((0, 0, 1), "127.0.0.1:11434"),),
        "0.0.0.0 lets everybody in the network use the server, without a password.",
    ),
    Variable(
        "OLLAMA_ORIGINS",
        Kind.TEXT,
        "Origins of web pages that may call the server, beside this machine's.",
        (((0, 0, 14), "this machine's pages and apps"),),
    ),
    Variable(
        "OLLAMA_MODELS",
        Kind.TEXT,
        "Folder of the models.",
        (((0, 1, 33), "~/.ollama/models of the server's user"),),
        "Another folder holds other models; the server's user must be able to write there.",
    ),
    Variable(
        "OLLAMA_LOAD_TIMEOUT",
        Kind.DURATION,
        "How long a load may stand still before it is given up.",
        (((0, 3, 10), "5m"),),
    ),
    Variable(
        "OLLAMA_SCHED_SPREAD",
        Kind.SWITCH,
        "Whether a model is always spread over all GPUs, even if it fits on one.",
        (((0, 1, 45), OFF),),
        "Spread, it is slower than on one card, and leaves room on each.",
    ),
    Variable(
        "OLLAMA_GPU_OVERHEAD",
        Kind.COUNT,
        "Bytes of each GPU's memory that are left free.",
        (((0, 3, 10), "0"),),
    ),
    Variable(
        "OLLAMA_LLM_LIBRARY", Kind.TEXT, "Compute library to use, found out otherwise.", (((0, 1, 21), AUTO),)
    ),
    Variable(
        "OLLAMA_VULKAN",
        Kind.SWITCH,
        "Whether GPUs are used through Vulkan.",
        (((0, 12, 11), OFF), ((0, 30, 0), "on")),
    ),
    Variable(
        "OLLAMA_IGPU_ENABLE", Kind.SWITCH, "Whether integrated GPUs may be used.", (((0, 30, 0), AUTO),)
    ),
    Variable(
        "OLLAMA_INTEL_GPU",
        Kind.SWITCH,
        "Whether Intel's GPUs are looked for.",
        (((0, 1, 45), OFF),),
        until=(0, 12, 11),
    ),
    Variable(
        "OLLAMA_MULTIUSER_CACHE",
        Kind.SWITCH,
        "Whether the prompt cache is tuned for many users.",
        (((0, 3, 13), OFF),),
        until=NEW_RUNNERS,
    ),
    Variable(
        "OLLAMA_NEW_ENGINE",
        Kind.SWITCH,
        "Whether Ollama's own engine runs models that llama.cpp can.",
        (((0, 5, 12), OFF),),
        until=NEW_RUNNERS,
    ),
    Variable(
        "OLLAMA_NEW_ESTIMATES",
        Kind.SWITCH,
        "Whether memory is estimated the newer way.",
        (((0, 11, 5), OFF),),
        until=(0, 11, 11),
    ),
    Variable(
        "OLLAMA_MAX_VRAM",
        Kind.COUNT,
        "GPU memory that may be used, in bytes.",
        (((0, 1, 29), "all"),),
        until=(0, 7, 0),
    ),
    Variable(
        "OLLAMA_TMPDIR",
        Kind.TEXT,
        "Folder of the runners' programs.",
        (((0, 1, 32), "the system's folder of temporary files"),),
        until=(0, 5, 2),
    ),
    Variable(
        "OLLAMA_RUNNERS_DIR",
        Kind.TEXT,
        "Folder of the runners' programs.",
        (((0, 1, 33), AUTO),),
        until=(0, 3, 11),
    ),
    Variable(
        "OLLAMA_GO_TEMPLATE",
        Kind.SWITCH,
        "Whether a model's own template is used where it has one.",
        (((0, 30, 0), "on"),),
    ),
    Variable(
        "OLLAMA_NOPRUNE",
        Kind.SWITCH,
        "Whether unused parts of models are left on disk at the start.",
        (((0, 0, 19), OFF),),
    ),
    Variable(
        "OLLAMA_MAX_TRANSFER_STREAMS",
        Kind.COUNT,
        "Transfers at once while a safetensors model is pulled or pushed.",
        (((0, 23, 3), "4"),),
    ),
    Variable(
        "OLLAMA_REMOTES", Kind.TEXT, "Hosts that remote models may come from.", (((0, 12, 0), "ollama.com"),)
    ),
    Variable(
        "OLLAMA_NO_CLOUD",
        Kind.SWITCH,
        "Whether models in Ollama's cloud are turned off.",
        (((0, 16, 2), OFF),),
    ),
    Variable(
        "OLLAMA_AUTH", Kind.SWITCH, "Whether client and server sign what they say.", (((0, 8, 0), OFF),)
    ),
    Variable("OLLAMA_DEBUG", Kind.LEVEL, "How much the server tells in its log.", (((0, 1, 21), "info"),)),
    Variable(
        "OLLAMA_DEBUG_LOG_REQUESTS",
        Kind.SWITCH,
        "Whether requests, prompts and all, are written to a temporary folder.",
        (((0, 18, 3), OFF),),
        "Prompts lie on the disk, for others to read.",
    ),
)
"""Those of the server; what only Ollama's own client reads (OLLAMA_EDITOR, OLLAMA_NOHISTORY) is left out."""

RUNNER_VARIABLES: tuple[Variable, ...] = (
    Variable(
        "LLAMA_ARG_CACHE_RAM",
        Kind.TEXT,
        "Memory for the prompts that a runner remembers, in MiB; 0 for none, -1 for no limit.",
        ((NEW_RUNNERS, "8192"),),
        "Held by each runner, in RAM, beside what Ollama accounts for.",
    ),
    Variable(
        "LLAMA_ARG_ENDPOINT_METRICS", Kind.SWITCH, "Whether runners answer /metrics.", ((NEW_RUNNERS, OFF),)
    ),
    Variable(
        "LLAMA_ARG_KV_UNIFIED",
        Kind.SWITCH,
        "Whether a runner's slots share one K/V cache.",
        ((NEW_RUNNERS, OFF),),
    ),
    Variable(
        "LLAMA_ARG_FIT",
        Kind.TEXT,
        "Whether a runner fits what is unset to the free memory.",
        ((NEW_RUNNERS, "on"),),
    ),
    Variable(
        "LLAMA_ARG_FIT_TARGET",
        Kind.TEXT,
        "GPU memory that a runner leaves free when it fits itself in, in MiB.",
        ((NEW_RUNNERS, AUTO),),
    ),
)
"""Those that llama-server reads and Ollama does not set by a flag of its own, which would win."""

DECLARED: dict[str, Variable] = {each.name: each for each in (*VARIABLES, *RUNNER_VARIABLES)}
PREFIXES = ("OLLAMA_", "LLAMA_ARG_")
OWN_PREFIX = "OLLAMA_TOP_"  # of ollama-top's own, which are none of the server's


def is_same_value(name: str, one: str, other: str | None) -> bool:
    """Whether Ollama makes the same of two texts, such as `true` and `1`, or a number in quotes."""
    variable = DECLARED.get(name)
    if one == other or variable is None or other is None:
        return one == other
    if trimmed(one) == trimmed(other):
        return True
    return understood(variable.kind, one) == understood(variable.kind, other)


def is_ours(name: str) -> bool:
    """Whether a variable's name says that it is meant for Ollama or its runners."""
    return name.startswith(PREFIXES) and not name.startswith(OWN_PREFIX)
