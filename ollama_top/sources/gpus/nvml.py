"""How NVML is asked: one kind of error in place of pynvml's unrelated ones.

Knows no card and keeps no state.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
LIBRARY = "libnvidia-ml.so.1"

Nvml: TypeAlias = Any
"""The module pynvml, a handle or a structure of it: it has no types, and is imported late."""


def has_library() -> bool:
    """Whether NVIDIA's library is there; elsewhere than on Linux it is for pynvml to say.

    Asked first, since pynvml takes 2.5 MB, which most machines without a card can do without.
    """
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL(LIBRARY)
    except OSError:
        return False
    return True


class RefusedError(Exception):
    """NVML answered with an error: its number, and its words as the text."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


def asked(nvml: Nvml, question: Callable[..., T], *arguments: object) -> T:
    """What NVML answers to `question`; raises RefusedError when that is an error."""
    try:
        return question(*arguments)
    except nvml.NVMLError as error:
        raise RefusedError(error.value, str(error)) from error
    except nvml.NVMLLibraryMismatchError as error:  # the driver is too old for it; not an NVMLError
        raise RefusedError(nvml.NVML_ERROR_FUNCTION_NOT_FOUND, str(error)) from error
    except UnicodeDecodeError as error:
        raise RefusedError(nvml.NVML_ERROR_UNKNOWN, "a text that is not UTF-8") from error
