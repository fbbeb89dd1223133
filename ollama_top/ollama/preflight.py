"""What Ollama 0.30 and later reckons before it loads a model: its size, and how much a runner reads at once.

Read in llm/llama_server.go and server/sched.go of 0.33. Its guess of the size knows nothing of long
heads, sliding windows or K/V types; it decides all the same whether other models are unloaded first.
"""

from ollama_top.ollama.architecture import Architecture
from ollama_top.ollama.kv_cache import CacheSettings

MIB = 1 << 20
DEFAULT_BATCH_TOKENS = 512
BATCHES = ((2048, 32768, 60, 2048 * MIB), (1024, 4096, 75, 768 * MIB))
"""Tokens of a step, the context of all slots beyond which it is wanted, the share of memory up to which
it is taken, and what it is reckoned to cost."""

USABLE_PERCENT = 80
"""The share of free memory that a load may take beside other models."""


def predicted_bytes(architecture: Architecture, file_bytes: int, settings: CacheSettings) -> int:
    """What Ollama takes a model to need, batches aside."""
    return file_bytes + architecture.guessed_bytes_per_token * settings.context_tokens * settings.parallel


def batches_tokens(
    context_tokens: int, predicted: int, available_bytes: int | None, *, has_flash_attention: bool = True
) -> tuple[int, ...]:
    """What a runner may read in one step; several where it hangs on free memory that is not known.

    `context_tokens` is that of all slots; `available_bytes` is 0 where there is no GPU to be short of.
    """
    wanted = [each for each in BATCHES if context_tokens > each[1]]
    if not has_flash_attention and available_bytes != 0:
        return (DEFAULT_BATCH_TOKENS,)
    if available_bytes is None:
        return (*(tokens for tokens, *_ in wanted), DEFAULT_BATCH_TOKENS)
    fitting = (
        tokens
        for tokens, _, share, surcharge in wanted
        if _fits(predicted, available_bytes, share, surcharge)
    )
    return (next(fitting, DEFAULT_BATCH_TOKENS),)


def _fits(predicted: int, available_bytes: int, share: int, surcharge: int) -> bool:
    if not predicted or not available_bytes:
        return True
    usable = available_bytes * USABLE_PERCENT // 100
    return predicted <= available_bytes * share // 100 and surcharge + predicted <= usable


def evicts(predicted: int, batch_tokens: int, available_bytes: int) -> bool:
    """Whether other models would be unloaded before such a load."""
    surcharge = next((extra for tokens, _, _, extra in BATCHES if batch_tokens >= tokens), 0)
    return predicted + surcharge > available_bytes * USABLE_PERCENT // 100
