"""What the command lines of Ollama's server and of its runners tell.

Every generation writes its own flags; which is which is in `Generation`.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from posixpath import basename

from ollama_top.ollama.environment import LOGIN, is_secret

SERVE = frozenset({"serve", "start"})  # two names of one command
MANAGEMENT = frozenset(
    {"pull", "push", "create", "cp", "rm", "list", "ls", "ps", "show", "stop"}
    | {"signin", "login", "signout", "logout"}
)
FETCHERS = frozenset({"curl", "wget"})
ERRAND = re.compile(r"\S+/(api/(pull|push|create|copy|delete|blobs|tags|ps|show|version|me)|v1/models)\b\S*")
INTERPRETER = re.compile(r"^(python[\d.]*|sh|bash|dash)$")
MODEL_FLAGS = ("--model", "-m")
CONTEXT_FLAGS = ("-c", "--ctx-size")
PARALLEL_FLAGS = ("-np", "--parallel")
FLASH_ATTENTION_FLAGS = ("--flash-attn", "-fa")
BATCH_FLAGS = ("-ub", "--ubatch-size", "--batch-size")
CPP_FLAGS = frozenset({"--log-disable", "--log-format"})  # given to the C++ server only
SERIAL_FLAGS = frozenset({"--mlx-engine", "--image-engine", "--imagegen-engine"})
LEFT_OUT = "..."


class Generation(StrEnum):
    """The kinds of runner that Ollama has had."""

    LLAMA_SERVER = "llama-server"  # 0.30 and later, GGUF
    GO = "go runner"  # 0.3.14 to 0.24; until 0.5.7 its program is called as that of the C++ server
    CPP = "c++ server"  # 0.1.33 to 0.3.13
    MLX = "mlx"  # safetensors and images; serves one request at a time whatever the settings


@dataclass(frozen=True, slots=True)
class RunnerArgs:
    """What one runner was started with; None where its command line does not say."""

    generation: Generation
    model_path: str
    port: int | None
    parallel: int | None
    context_tokens: int | None  # of one slot
    kv_cache_type: str | None
    batch_tokens: int | None = None  # read in one step
    has_projector: bool = False  # told up to 0.11.4, and since 0.30


def is_serve(argv: Sequence[str]) -> bool:
    """Whether a command line is `ollama serve`, started directly or by a wrapper script."""
    words = _program(argv)
    return len(words) >= 2 and _name(words[0]) == "ollama" and words[1] in SERVE


def is_management(argv: Sequence[str]) -> bool:
    """Whether a command line is of a client at work that is no inference, such as a pull."""
    words = _program(argv)
    if len(words) < 2:
        return False
    return (_name(words[0]) == "ollama" and words[1] in MANAGEMENT) or _fetches_no_answer(words)


def _fetches_no_answer(words: Sequence[str]) -> bool:
    """Whether it is a program that says its one address, and at that address there is no inference."""
    addresses = [word for word in words[1:] if re.fullmatch(r"\S+/(api|v1)/\S+", word)]
    return _name(words[0]) in FETCHERS and bool(addresses) and all(map(ERRAND.fullmatch, addresses))


def parse_runner(argv: Sequence[str]) -> RunnerArgs | None:
    """What a child of the server runs; None when it is not a runner with a model.

    The server also starts short-lived helpers without a model, to look for GPUs.
    """
    words = _program(argv)
    generation = _generation(words)
    model = _value(words, MODEL_FLAGS)
    if generation is None or not model:
        return None
    total, parallel = _number(words, CONTEXT_FLAGS), _number(words, PARALLEL_FLAGS)
    per_slot = total // parallel if total and parallel else None
    return RunnerArgs(
        generation,
        model,
        _number(words, ("--port",)),
        1 if generation is Generation.MLX else parallel,
        per_slot,
        _kv_cache_type(words),
        _number(words, BATCH_FLAGS),
        _value(words, ("--mmproj",)) is not None,
    )


def turns_flash_attention_off(argv: Sequence[str]) -> bool:
    """Whether a runner is told to do without flash attention, which only llama-server is in so many words."""
    return _value(_program(argv), FLASH_ATTENTION_FLAGS) == "off"


def shown(argv: Sequence[str]) -> str:
    """A command line as a shell would take it, with `...` for what may be a secret."""
    words: list[str] = []
    for word in argv:
        before = words[-1] if words else ""
        name, separator, _ = word.partition("=")
        if before.startswith("-") and "=" not in before and is_secret(before) and not word.startswith("-"):
            words.append(LEFT_OUT)
        elif separator and is_secret(name):
            words.append(f"{name}={LEFT_OUT}")
        else:
            words.append(LEFT_OUT if LOGIN.search(word) else word)
    return shlex.join(words)


def _program(argv: Sequence[str]) -> Sequence[str]:
    """The command line from the program on: a wrapper script shows its interpreter first."""
    if len(argv) > 1 and INTERPRETER.match(basename(argv[0])):
        return argv[1:]
    return argv


def _name(program: str) -> str:
    return basename(program).removesuffix(".exe")


def _generation(words: Sequence[str]) -> Generation | None:
    name = _name(words[0]) if words else ""
    if name == "llama-server":
        return Generation.LLAMA_SERVER
    if name == "ollama_llama_server":
        return Generation.CPP if CPP_FLAGS & {*words} else Generation.GO
    if name in {"ollama", "ollama-mlx"} and "runner" in words[1:2]:  # 0.14.0 had a program for images
        return Generation.MLX if SERIAL_FLAGS & {*words} else Generation.GO
    return None


def _value(words: Sequence[str], flags: Sequence[str]) -> str | None:
    for index, word in enumerate(words):
        if word in flags and index + 1 < len(words):
            return words[index + 1]
        name, separator, value = word.partition("=")
        if separator and name in flags:
            return value
    return None


def _number(words: Sequence[str], flags: Sequence[str]) -> int | None:
    value = _value(words, flags)
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 12 else None


def _kv_cache_type(words: Sequence[str]) -> str | None:
    """One type for both in the generations up to 0.11.4, one each for llama-server."""
    both = _value(words, ("--kv-cache-type",))
    if both is not None:
        return both
    if "--memory-f32" in words:  # up to 0.4.0
        return "f32"
    keys, values = _value(words, ("--cache-type-k", "-ctk")), _value(words, ("--cache-type-v", "-ctv"))
    if keys is None and values is None:
        return None
    keys, values = keys or "f16", values or "f16"
    return keys if keys == values else f"{keys}/{values}"
