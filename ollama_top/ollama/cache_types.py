"""The types that a K/V cache can have, and what a number of each takes.

Read in ggml: numbers come in blocks that share a scale. llama-server takes these names and no other.
"""

BLOCKS: dict[str, tuple[int, int]] = {
    "f32": (1, 4),
    "f16": (1, 2),
    "bf16": (1, 2),
    "q8_0": (32, 34),
    "q5_1": (32, 24),
    "q5_0": (32, 22),
    "q4_1": (32, 20),
    "q4_0": (32, 18),
    "iq4_nl": (32, 18),
}
"""By the name of a type: the numbers in a block, and the bytes that it takes."""

DEFAULT = "f16"
GO_RUNNER_TYPES = frozenset({"f16", "q8_0", "q4_0"})
"""What Ollama accepts before 0.30, and only with flash attention; anything else is f16 there."""


def row_bytes(name: str, numbers: int) -> int:
    """Bytes of so many numbers of a type; raises KeyError for a type that is none."""
    block_numbers, block_bytes = BLOCKS[name]
    return -(-numbers // block_numbers) * block_bytes


def is_quantized(name: str) -> bool:
    """Whether a type rounds its numbers, which for V needs flash attention."""
    return BLOCKS[name][0] > 1


def split(name: str) -> tuple[str, str]:
    """The types of K and V: one name stands for both, two are set apart by a slash."""
    keys, _, values = name.partition("/")
    return keys, values or keys
