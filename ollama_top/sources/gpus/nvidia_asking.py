"""How one NVIDIA card is asked, and what a refusal means.

Must never turn a refusal into a number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.sources.gpus.nvml import Nvml, RefusedError, asked

T = TypeVar("T")

NOT_AVAILABLE = (2**32 - 1, 2**64 - 1)  # NVML's numbers for "I cannot tell"


@dataclass(frozen=True, slots=True)
class Card:
    """A card, or a slice of one, that can be asked."""

    nvml: Nvml
    handle: Nvml

    def tell(self, subject: str, *ways: Callable[[Nvml], T]) -> Reading[T]:
        """The answer by the first of `ways`, newest first, that both driver and card know.

        Raises RefusedError when the card as a whole is gone.
        """
        missing = Missing(Why.UNSUPPORTED, untold(subject))
        for way in ways:
            try:
                value = asked(self.nvml, way, self.handle)
            except RefusedError as refusal:
                if refusal.code in (self.nvml.NVML_ERROR_GPU_IS_LOST, self.nvml.NVML_ERROR_RESET_REQUIRED):
                    raise
                missing = refused(self.nvml, refusal, subject)
                if missing.why is not Why.UNSUPPORTED:
                    break
            else:
                return missing if value in NOT_AVAILABLE else Known(value, Source.NVIDIA)
        return missing


def refused(nvml: Nvml, refusal: RefusedError, subject: str) -> Missing:
    """Why `subject` is not known, in words for a person."""
    match refusal.code:
        case (
            nvml.NVML_ERROR_NOT_SUPPORTED
            | nvml.NVML_ERROR_FUNCTION_NOT_FOUND
            | nvml.NVML_ERROR_ARGUMENT_VERSION_MISMATCH
        ):
            return Missing(Why.UNSUPPORTED, untold(subject))
        case nvml.NVML_ERROR_NO_PERMISSION:
            return Missing(Why.DENIED, f"NVIDIA's driver does not let this user read {subject}.")
        case nvml.NVML_ERROR_GPU_IS_LOST:
            return Missing(Why.FAILED, "This card is lost: its driver cannot reach it any more.")
        case nvml.NVML_ERROR_RESET_REQUIRED:
            return Missing(Why.FAILED, "This card hangs, and answers again only after a reset.")
        case _:
            return Missing(Why.FAILED, f"Asked for {subject}, NVIDIA's driver answered: {refusal}.")


def untold(subject: str) -> str:
    """That the driver, or this card, knows no such thing."""
    return f"NVIDIA's driver does not tell {subject}."
