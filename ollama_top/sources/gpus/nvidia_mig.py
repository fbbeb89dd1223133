"""The slices of an NVIDIA card that is divided (MIG): how much memory each has and uses."""

from ollama_top.model.gpu import MigDevice
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known
from ollama_top.sources.gpus.nvidia_asking import Card
from ollama_top.sources.gpus.nvml import Nvml

UNDIVIDED = Missing(Why.ABSENT, "This card is not divided.")


def mig_devices(card: Card, is_enabled: Reading[bool]) -> Reading[tuple[MigDevice, ...]]:
    """The slices in their order; a place without one is passed over. Raises RefusedError."""
    if isinstance(is_enabled, Missing):
        return is_enabled
    if not is_enabled.value:
        return UNDIVIDED
    count = card.tell("how many slices this card has", card.nvml.nvmlDeviceGetMaxMigDeviceCount)
    if isinstance(count, Missing):
        return count
    found = ((index, _slice(card, index)) for index in range(count.value))
    slices = tuple(_read(index, each) for index, each in found if each is not None)
    return Known(slices, Source.NVIDIA)


def _slice(card: Card, index: int) -> Card | None:
    nvml = card.nvml
    handle: Reading[Nvml] = card.tell(
        "this slice", lambda whole: nvml.nvmlDeviceGetMigDeviceHandleByIndex(whole, index)
    )
    return Card(nvml, handle.value) if isinstance(handle, Known) else None


def _read(index: int, card: Card) -> MigDevice:
    memory = card.tell("the memory of this slice", card.nvml.nvmlDeviceGetMemoryInfo)
    return MigDevice(
        index=index,
        uuid=card.tell("the identity of this slice", card.nvml.nvmlDeviceGetUUID),
        memory_used_bytes=map_known(memory, lambda sizes: int(sizes.used)),
        memory_total_bytes=map_known(memory, lambda sizes: int(sizes.total)),
    )
