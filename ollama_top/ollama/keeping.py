"""How to change a model's keep-alive without having it loaded anew. Pure.

Ollama loads a model anew when a request's options differ from those it was loaded with
(`needsReload` in server/sched.go), so the context of the load has to be sent along.
"""

from ollama_top.ollama import families
from ollama_top.ollama.replies import ShownModel

FOREVER_S = -1
LLAMA_SERVER_SINCE = (0, 30, 0)


def keep_alive(keep_s: float | None) -> int:
    """The time as Ollama takes it: whole seconds, a negative number for ever."""
    return FOREVER_S if keep_s is None else round(keep_s)


def options(context_tokens: int | None, shown: ShownModel, version: str | None) -> dict[str, int]:
    """The options that match a loaded model's.

    A context at the length that the model was trained for may have been cut to that: what was
    asked for is not told then. From 0.30 on what it was cut to counts, and any model but one for
    embeddings (whose batch follows from what was asked for) matches; before that the number asked
    for counts, which is most likely the default: then nothing is sent.
    """
    if context_tokens is None or (_may_be_cut(context_tokens, shown) and not _counts_as_cut(shown, version)):
        return {}
    return {"num_ctx": context_tokens}


def _may_be_cut(context_tokens: int, shown: ShownModel) -> bool:
    return shown.trained_tokens is not None and context_tokens >= shown.trained_tokens


def _counts_as_cut(shown: ShownModel, version: str | None) -> bool:
    is_embedding = shown.capabilities is not None and "embedding" in shown.capabilities
    release = families.parse_release(version) if version else None
    is_new = release is None or release >= LLAMA_SERVER_SINCE
    return is_new and not is_embedding
