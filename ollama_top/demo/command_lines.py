"""The command lines of simulated runners, as each generation of Ollama writes them. Pure."""

from ollama_top.demo.catalogue import Model
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.families import Release, parse_release

BATCH_TOKENS = "512"
LLAMA_SERVER_SINCE: Release = (0, 30, 0)
TOLD_OVER_HTTP_SINCE: Release = (0, 11, 5)
IN_OLLAMA_SINCE: Release = (0, 5, 8)
AS_COMMAND_SINCE: Release = (0, 5, 2)
GO_SINCE: Release = (0, 3, 14)
NEWEST: Release = (999, 0, 0)  # what an unknown release counts as


def generation_of(version: str, *, is_mlx: bool = False) -> Generation:
    """The kind of runner that a release starts for a model."""
    release = parse_release(version) or NEWEST
    if is_mlx:
        return Generation.MLX
    if release >= LLAMA_SERVER_SINCE:
        return Generation.LLAMA_SERVER
    return Generation.GO if release >= GO_SINCE else Generation.CPP


def runner_argv(
    version: str, programs: str, models: str, model: Model, port: int, *, parallel: int, context_tokens: int
) -> list[str]:
    """What the server starts for a model; the folder `programs` holds its own program, `models` the weights.

    From 0.11.5 to 0.24 runners are told their settings later, over HTTP, so their command line
    holds none.
    """
    release, generation = parse_release(version) or NEWEST, generation_of(version, is_mlx=model.is_mlx)
    weights, own_port = ["--model", model.runner_path(models)], ["--port", str(port)]
    total_tokens = context_tokens * parallel
    if generation is Generation.MLX:
        return [f"{programs}/ollama", "runner", "--mlx-engine", *weights, *own_port]
    if generation is Generation.LLAMA_SERVER:
        flags = _of_llama_server(total_tokens, parallel, is_embedding=model.is_embedding)
        return [f"{programs}/llama-server", *weights, *own_port, *flags]
    if release >= TOLD_OVER_HTTP_SINCE:
        return [f"{programs}/ollama", "runner", "--ollama-engine", *weights, *own_port]
    flags = _of_older(generation, total_tokens, parallel)
    return [*_program(release, programs), *weights, *flags, *own_port]


def _of_llama_server(total_tokens: int, parallel: int, *, is_embedding: bool) -> list[str]:
    return [
        *("--host", "127.0.0.1", "--no-webui", "--offline", "-c", str(total_tokens), "-np", str(parallel)),
        *("--log-verbosity", "4", "--no-log-prefix", "--no-log-timestamps", "--load-mode", "none"),
        *("--flash-attn", "auto"),
        *(["--embedding"] if is_embedding else []),
        *("-b", BATCH_TOKENS, "-ub", BATCH_TOKENS, "--context-shift", "--keep", "4"),
    ]


def _program(release: Release, programs: str) -> list[str]:
    if release >= IN_OLLAMA_SINCE:
        return [f"{programs}/ollama", "runner"]
    return [f"{programs}/ollama_llama_server", *(["runner"] if release >= AS_COMMAND_SINCE else [])]


def _of_older(generation: Generation, total_tokens: int, parallel: int) -> list[str]:
    of_cpp = ["--embedding", "--log-disable"] if generation is Generation.CPP else []
    sizes = ["--ctx-size", str(total_tokens), "--batch-size", BATCH_TOKENS]
    return [*sizes, *of_cpp, "--n-gpu-layers", "99", "--parallel", str(parallel)]
