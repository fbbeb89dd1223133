"""The command lines of simulated runners, as each generation of Ollama writes them. Pure."""

from ollama_top.demo.documents import has_llama_server

BATCH_TOKENS = "512"


def runner_argv(
    version: str,
    folder: str,
    model_path: str,
    port: int,
    *,
    parallel: int,
    context_tokens: int,
    is_embedding: bool,
) -> list[str]:
    """What the server starts for a model; `folder` holds its own program.

    Go runners are told their settings later, over HTTP, so their command line holds none.
    """
    if not has_llama_server(version):
        return [f"{folder}/ollama", "runner", "--ollama-engine", "--model", model_path, "--port", str(port)]
    return [
        f"{folder}/llama-server",
        *("--model", model_path, "--port", str(port), "--host", "127.0.0.1"),
        *("--no-webui", "--offline", "-c", str(context_tokens * parallel), "-np", str(parallel)),
        *("--log-verbosity", "4", "--no-log-prefix", "--no-log-timestamps", "--load-mode", "none"),
        *("--flash-attn", "auto"),
        *(["--embedding"] if is_embedding else []),
        *("-b", BATCH_TOKENS, "-ub", BATCH_TOKENS, "--context-shift", "--keep", "4"),
    ]
