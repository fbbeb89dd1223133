"""Which variables of a server's environment a monitor may keep the value of. Pure.

Must never let through a value of anything but Ollama, llama.cpp and the GPUs, nor one that may be a
secret: this is the border, and nothing behind it knows more.
"""

import re
from collections.abc import Iterable

from ollama_top.model.process import Variable

NUM_PARALLEL = "OLLAMA_NUM_PARALLEL"
CONCERNS = (
    *("OLLAMA_", "LLAMA_ARG_", "GGML_"),
    *("CUDA_", "NVIDIA_", "HIP_", "ROCR_", "HSA_", "GPU_DEVICE_ORDINAL"),
)
"""How the names begin that have a say in what Ollama does, by its own code and its drivers'."""
SECRETS = ("KEY", "TOKEN", "PASSWORD", "PASSWD", "SECRET", "CREDENTIAL")
HIDDEN = "(not shown: it may be a secret)"
"""What stands in the place of a value that is not kept."""

LOGIN = re.compile(r"://[^/\s]*@")  # an address with a name and perhaps a password in it


def concerns(name: str) -> bool:
    """Whether a variable is one of Ollama, llama.cpp or the GPUs."""
    return name.startswith(CONCERNS)


def is_secret(name: str) -> bool:
    """Whether a name sounds like that of a secret."""
    folded = name.upper()
    return any(each in folded for each in SECRETS)


def variables(pairs: Iterable[tuple[str, str]]) -> tuple[Variable, ...]:
    """The environment as it may be kept, by name."""
    return tuple(Variable(name, kept(name, value)) for name, value in sorted(pairs))


def kept(name: str, value: str) -> str | None:
    """The value of a variable, if it may be kept; else None."""
    may_show = concerns(name) and not is_secret(name) and not LOGIN.search(value)
    return value if may_show else None
