"""The models of the simulation: what is installed, and what each costs and yields. Pure.

The numbers are those of the real models on a card of 24 GiB, rounded.
"""

import hashlib
from dataclasses import dataclass, replace

GIB = 1 << 30
MIB = 1 << 20
OVERHEAD_BYTES = 420 * MIB  # compute buffers of a runner
COMPLETION, EMBEDDING = ("completion",), ("embedding",)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a runner works while it has its cards for itself."""

    prefill_per_s: float = 4000.0  # tokens of prompts read, by all its slots together
    decode_per_s: float = 100.0  # tokens written by one slot alone
    crowding: float = 0.3  # each further busy slot makes all slower by this share

    def decode_each_per_s(self, busy: int) -> float:
        """Tokens that each of `busy` slots writes per second."""
        return self.decode_per_s / (1 + self.crowding * max(0, busy - 1))


@dataclass(frozen=True, slots=True)
class Model:
    """One installed model."""

    name: str
    family: str
    parameter_size: str
    quantization: str
    weights_bytes: int
    layers: int
    kv_bytes_per_token: int
    trained_context_tokens: int
    embedding_length: int
    pace: Pace
    capabilities: tuple[str, ...] = COMPLETION
    shape: tuple[tuple[str, int], ...] = ()  # what its metadata tells of its layers, in the order of keys
    is_mlx: bool = False  # safetensors, for the runner that serves one request at a time

    @property
    def digest(self) -> str:
        """Of the manifest: what /api/ps and /api/tags tell."""
        return _digest(f"manifest of {self.name}")

    @property
    def is_embedding(self) -> bool:
        """Whether it writes no answers."""
        return "completion" not in self.capabilities

    def blob_path(self, folder: str) -> str:
        """Where its weights lie under a folder of models."""
        return f"{folder}/blobs/sha256-{_digest(f'weights of {self.name}')}"

    def runner_path(self, folder: str) -> str:
        """What its runner is given for a path: an MLX runner is given the name."""
        return self.name if self.is_mlx else self.blob_path(folder)

    def memory_bytes(self, context_tokens: int, parallel: int) -> int:
        """What its runner takes: weights, K/V cache of all slots, and buffers."""
        cache = self.kv_bytes_per_token * context_tokens * parallel
        return self.weights_bytes + cache + OVERHEAD_BYTES


def _heads(queries: int, shared: int, length: int) -> tuple[tuple[str, int], ...]:
    """The metadata of plain attention."""
    return (
        ("attention.head_count", queries),
        ("attention.head_count_kv", shared),
        ("attention.key_length", length),
        ("attention.value_length", length),
    )


def parse_model(text: str) -> Model:
    """A model declared as NAME or NAME=FAMILY, of the catalogue where that knows it; raises ValueError.

    A name with `embed` in it is a model for embeddings, one with `mlx` is for an MLX runner.
    """
    name, _, family = text.partition("=")
    if not name:
        raise ValueError(f"{text!r} names no model")
    name = name if ":" in name else f"{name}:latest"
    known = next((each for each in CATALOGUE if each.name == name), None)
    if known is not None:
        return replace(known, family=family or known.family)
    capabilities = EMBEDDING if "embed" in name else COMPLETION
    family = family or SMALL.family
    return replace(SMALL, name=name, family=family, capabilities=capabilities, is_mlx="mlx" in name)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


SMALL = Model(
    "gemma3:270m",
    "gemma3",
    "268.10M",
    "Q4_K_M",
    253_113_180,
    18,
    18_432,
    32_768,
    640,
    Pace(9000, 160, 0.2),
    shape=_heads(4, 1, 256),
)
CHAT = Model(
    "qwen3:8b",
    "qwen3",
    "8.2B",
    "Q4_K_M",
    5_225_388_164,
    36,
    147_456,
    40_960,
    4096,
    Pace(4200, 96, 0.28),
    shape=_heads(32, 8, 128),
)
VISION = Model(
    "qwen3.5:9b",
    "qwen35",
    "9.7B",
    "Q4_K_M",
    6_594_474_711,
    32,
    65_536,
    262_144,
    4096,
    Pace(3600, 84, 0.3),
    ("completion", "vision", "tools"),
    (*_heads(32, 8, 256), ("full_attention_interval", 4)),
)
CODER = Model(
    "qwen2.5-coder:32b",
    "qwen2",
    "32.8B",
    "Q4_K_M",
    19_851_349_898,
    64,
    262_144,
    32_768,
    5120,
    Pace(1100, 34, 0.25),
    shape=_heads(40, 8, 128),
)
EMBEDDER = Model(
    "nomic-embed-text:latest",
    "nomic-bert",
    "137M",
    "F16",
    274_302_450,
    12,
    0,
    2048,
    768,
    Pace(20_000, 0, 0),
    EMBEDDING,
)
CATALOGUE = (SMALL, CHAT, VISION, CODER, EMBEDDER)
