"""Which layers of a model attend to a window of tokens only, and keep no more than that.

Read in llama.cpp at 4df29be4f: `load_arch_hparams` of each file of src/models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_top.ollama.model_keys import ModelKeys

WINDOW, PATTERN = "attention.sliding_window", "attention.sliding_window_pattern"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How the layers of an architecture alternate."""

    period: int  # one layer in so many attends to all tokens, unless the model gives another number
    is_dense_first: bool = False  # it is the first of them rather than the last
    window_tokens: int | None = None  # where the model gives none; None: then no layer slides
    is_fixed: bool = False  # the window is that one whatever the model gives, unless it gives 0


RHYTHMS: dict[str, Rhythm] = {
    "afmoe": Rhythm(4),
    "cohere2": Rhythm(4),
    "exaone-moe": Rhythm(4, window_tokens=128),
    "exaone4": Rhythm(4, window_tokens=4096),
    "gemma2": Rhythm(2, window_tokens=4096),
    "gemma3": Rhythm(6),
    "gemma3n": Rhythm(5),
    "gpt-oss": Rhythm(2),
    "gptoss": Rhythm(2),
    "laguna": Rhythm(4, is_dense_first=True),
    "llama4": Rhythm(4, window_tokens=8192, is_fixed=True),
    "mellum": Rhythm(4),
    "muse-glimmer": Rhythm(4),
    "olmo2": Rhythm(4),
    "olmo3": Rhythm(4),
    "plamo3": Rhythm(8),
    "smallthinker": Rhythm(4, is_dense_first=True),
    "cohere2moe": Rhythm(4, is_dense_first=True),
}
"""By architecture; Ollama's own names of gpt-oss and olmo2 among them."""

FIXED_IF_GIVEN = {"smallthinker": 4096}
"""The window of architectures that slide only where the model gives one, and then take this one."""

LISTED = frozenset({"gemma4", "mimo2", "step35"})
"""Architectures whose models list every layer."""

LISTED_OR_RHYTHM = frozenset({"cohere2moe", "mellum", "muse-glimmer"})
"""Architectures whose models list every layer or give a period."""

ALL_SLIDE = frozenset({"lfm2"})
"""Architectures whose attention layers all slide where the model gives a window."""

EXAONE4_SLIDING_LAYERS = 64
"""The one size of exaone4 that slides."""


@dataclass(frozen=True, slots=True)
class Sliding:
    """The window, and for each layer whether it slides; two patterns, the thriftiest first, if unsure."""

    window_tokens: int
    patterns: tuple[Sequence[bool], ...]


def sliding_of(keys: ModelKeys, layers: int, *, is_known: bool) -> Sliding:
    """Which layers slide; `is_known` says whether the architecture is one that llama.cpp was read for.

    Raises WithheldError where the model tells it in a list that was left out.
    """
    name, given = keys.architecture, keys.number(WINDOW)
    if name in LISTED or (name in LISTED_OR_RHYTHM and keys.is_list(PATTERN)):
        return Sliding(given or 0, (_listed(keys, layers),))
    if name in ALL_SLIDE:
        return _whole(given, layers)
    rhythm = RHYTHMS.get(name)
    if rhythm is not None:
        return _in_rhythm(keys, rhythm, given, layers)
    return _none(layers) if is_known or not given else _guessed(keys, given, layers)


def _none(layers: int) -> Sliding:
    return Sliding(0, ((False,) * layers,))


def _whole(window_tokens: int | None, layers: int) -> Sliding:
    return Sliding(window_tokens, ((True,) * layers,)) if window_tokens else _none(layers)


def _in_rhythm(keys: ModelKeys, rhythm: Rhythm, given: int | None, layers: int) -> Sliding:
    window = _window(keys.architecture, rhythm, given)
    if not window or (keys.architecture == "exaone4" and layers != EXAONE4_SLIDING_LAYERS):
        return _none(layers)
    period = keys.number(PATTERN)
    period = rhythm.period if period is None else period
    return Sliding(window, (_every(period, layers, is_dense_first=rhythm.is_dense_first),))


def _window(name: str, rhythm: Rhythm, given: int | None) -> int | None:
    if given == 0 or given is None:
        return rhythm.window_tokens if given is None else None
    return FIXED_IF_GIVEN.get(name, (rhythm.window_tokens if rhythm.is_fixed else None) or given)


def _every(period: int, layers: int, *, is_dense_first: bool) -> tuple[bool, ...]:
    """All but one layer in `period` slide; in a period of 0 all do."""
    dense = 0 if is_dense_first else period - 1
    return tuple(period == 0 or layer % period != dense for layer in range(layers))


def _listed(keys: ModelKeys, layers: int) -> tuple[bool, ...]:
    return tuple(bool(each) for each in keys.per_layer(PATTERN, layers, default=0))


def _guessed(keys: ModelKeys, window_tokens: int, layers: int) -> Sliding:
    """An architecture of tomorrow: by its list if it gives one, else anything between all and none."""
    if keys.is_list(PATTERN):
        return Sliding(window_tokens, (_listed(keys, layers),))
    return Sliding(window_tokens, ((True,) * layers, (False,) * layers))
