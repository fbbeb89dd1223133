"""One NVIDIA card: which questions it is asked, and what a refusal means.

Must never turn a refusal into a number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ollama_top.model.gpu import Gpu
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known
from ollama_top.sources.gpus.nvml import Nvml, RefusedError, asked

T = TypeVar("T")

VENDOR = "nvidia"
NOT_AVAILABLE = (2**32 - 1, 2**64 - 1)  # NVML's numbers for "I cannot tell"


def read_card(nvml: Nvml, index: int, before: Gpu | None) -> Gpu:
    """The card of this number; one that does not answer keeps the name and identity it had `before`."""
    try:
        return _answering(index, _Card(nvml, asked(nvml, nvml.nvmlDeviceGetHandleByIndex, index)))
    except RefusedError as refusal:
        return _silent(index, before, _missing(nvml, refusal, "this card"))


@dataclass(frozen=True, slots=True)
class _Card:
    """A card that can be asked."""

    nvml: Nvml
    handle: Nvml

    def tell(self, subject: str, *ways: Callable[[Nvml], T]) -> Reading[T]:
        """The answer by the first of `ways`, newest first, that both driver and card know.

        Raises RefusedError when the card as a whole is gone.
        """
        missing = Missing(Why.UNSUPPORTED, _untold(subject))
        for way in ways:
            try:
                value = asked(self.nvml, way, self.handle)
            except RefusedError as refusal:
                if refusal.code in (self.nvml.NVML_ERROR_GPU_IS_LOST, self.nvml.NVML_ERROR_RESET_REQUIRED):
                    raise
                missing = _missing(self.nvml, refusal, subject)
                if missing.why is not Why.UNSUPPORTED:
                    break
            else:
                return missing if value in NOT_AVAILABLE else Known(value, Source.NVIDIA)
        return missing


def _answering(index: int, card: _Card) -> Gpu:
    nvml = card.nvml
    # The second version leaves the driver's own reserve out of what is used, as nvidia-smi does.
    memory = card.tell(
        "the memory of this card",
        lambda handle: _used_and_total(nvml.nvmlDeviceGetMemoryInfo(handle, nvml.nvmlMemory_v2)),
        lambda handle: _used_and_total(nvml.nvmlDeviceGetMemoryInfo(handle)),
    )
    heat = card.tell(
        "the temperature of this card",
        lambda handle: int(nvml.nvmlDeviceGetTemperatureV(handle, nvml.NVML_TEMPERATURE_GPU)),
        lambda handle: int(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)),
    )
    load = card.tell(
        "the load of this card", lambda handle: int(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)
    )
    return Gpu(
        index=index,
        vendor=VENDOR,
        uuid=card.tell("the identity of this card", nvml.nvmlDeviceGetUUID),
        name=card.tell("the name of this card", nvml.nvmlDeviceGetName),
        memory_used_bytes=map_known(memory, lambda sizes: sizes[0]),
        memory_total_bytes=map_known(memory, lambda sizes: sizes[1]),
        utilization_percent=map_known(load, float),
        temperature_celsius=map_known(heat, float),
        power_w=map_known(card.tell("the power of this card", nvml.nvmlDeviceGetPowerUsage), _watts),
        power_limit_w=map_known(
            card.tell("the power limit of this card", nvml.nvmlDeviceGetEnforcedPowerLimit), _watts
        ),
        problem=None,
    )


def _silent(index: int, before: Gpu | None, missing: Missing) -> Gpu:
    return Gpu(
        index=index,
        vendor=VENDOR,
        uuid=before.uuid if before else missing,
        name=before.name if before else missing,
        memory_used_bytes=missing,
        memory_total_bytes=missing,
        utilization_percent=missing,
        temperature_celsius=missing,
        power_w=missing,
        power_limit_w=missing,
        problem=missing.hint,
    )


def _missing(nvml: Nvml, refusal: RefusedError, subject: str) -> Missing:
    """Why `subject` is not known, in words for a person."""
    match refusal.code:
        case (
            nvml.NVML_ERROR_NOT_SUPPORTED
            | nvml.NVML_ERROR_FUNCTION_NOT_FOUND
            | nvml.NVML_ERROR_ARGUMENT_VERSION_MISMATCH
        ):
            return Missing(Why.UNSUPPORTED, _untold(subject))
        case nvml.NVML_ERROR_NO_PERMISSION:
            return Missing(Why.DENIED, f"NVIDIA's driver does not let this user read {subject}.")
        case nvml.NVML_ERROR_GPU_IS_LOST:
            return Missing(Why.FAILED, "This card is lost: its driver cannot reach it any more.")
        case nvml.NVML_ERROR_RESET_REQUIRED:
            return Missing(Why.FAILED, "This card hangs, and answers again only after a reset.")
        case _:
            return Missing(Why.FAILED, f"Asked for {subject}, NVIDIA's driver answered: {refusal}.")


def _untold(subject: str) -> str:
    return f"NVIDIA's driver does not tell {subject}."


def _used_and_total(memory: Nvml) -> tuple[int, int]:
    return int(memory.used), int(memory.total)


def _watts(milliwatts: int) -> float:
    return milliwatts / 1000
