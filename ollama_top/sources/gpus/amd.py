"""The AMD cards of this machine, through the files of the amdgpu driver; no library is needed."""

import re
from collections.abc import Mapping
from dataclasses import replace

from ollama_top.model.gpu import Gpu, Vendor
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known, value_or
from ollama_top.sources.gpus import kfd
from ollama_top.sources.gpus.drm import DrmCard, highest_link, link
from ollama_top.sources.gpus.drm_gpus import HIDDEN, DrmGpus, asleep
from ollama_top.sources.gpus.look import Told
from ollama_top.sources.gpus.pci_names import amd_name, product_name
from ollama_top.sources.gpus.sysfs import ASLEEP, scaled, untold

FIRST_OF_APUS = 2  # gpu_metrics: format 1 is of cards, 2 and 3 are of chips that share the machine's memory
CLOCK = re.compile(r"(\d+)Mhz", re.IGNORECASE)


class AmdGpus(DrmGpus):
    """Looks at AMD's cards, and at chips that have one beside the processor (APUs)."""

    vendor_id = "0x1002"
    source = Source.AMD

    def get_to_know(self, card: DrmCard) -> Gpu:
        """Name, kind and limits; a card that sleeps tells fewer of them."""
        is_asleep = card.is_asleep()
        return Gpu.untold(
            card.index,
            Vendor.AMD,
            untold("it of AMD's cards"),
            uuid=card.files.text("unique_id", "the identity of this card"),
            pci_address=Known(card.address, Source.AMD),
            name=self._name(card),
            memory_is_shared=ASLEEP if is_asleep else _is_shared(card),
            clock_max_mhz=ASLEEP if is_asleep else _highest_clock(card, "pp_dpm_sclk"),
            memory_clock_max_mhz=ASLEEP if is_asleep else _highest_clock(card, "pp_dpm_mclk"),
            **highest_link(card),
        )

    def now(self, card: DrmCard, facts: Gpu) -> Gpu:
        """Memory, load, sensors and clocks; of a card that sleeps the memory only, which wakes nothing."""
        used, total = _memory(card, is_shared=bool(value_or(facts.memory_is_shared, None)))
        gpu = replace(facts, memory_used_bytes=used, memory_total_bytes=total)
        if card.is_asleep():
            return replace(gpu, **asleep(*_MOVING))
        busy = card.files.number("gpu_busy_percent", "the load of this card")
        moving = {**self.measured(card), **_clocks(card), **link(card)}
        return replace(gpu, utilization_percent=map_known(busy, float), **moving)

    def computing(self) -> Mapping[str, Mapping[int, int]]:
        """What ROCm's processes hold."""
        return kfd.held_bytes(self.sys_root)

    def hidden(self) -> str:
        """Those that use Vulkan: ROCm's are told to every user."""
        return f"{HIDDEN}, but for those that use ROCm"

    def _name(self, card: DrmCard) -> Reading[str]:
        told = card.files.text("product_name", "the name of this card")
        if isinstance(told, Known) and told.value:
            return told
        device = value_or(card.files.text("device", "its device"), "")
        revision = value_or(card.files.text("revision", "its revision"), "")
        found = amd_name(self.share, device, revision) or product_name(self.share, self.vendor_id, device)
        return Known(found or f"AMD {device}".strip(), Source.AMD)


_MOVING = ("utilization_percent", "clock_mhz", "memory_clock_mhz", "pcie_generation", "pcie_width")


def _memory(card: DrmCard, *, is_shared: bool) -> tuple[Reading[int], Reading[int]]:
    """In use and in all. An APU has a little memory set aside, and models go to the machine's (GTT)."""
    used, total = (
        card.files.number(f"mem_info_vram_{each}", "the memory of this card") for each in ("used", "total")
    )
    if not is_shared:
        return used, total
    more_used, more_total = (
        card.files.number(f"mem_info_gtt_{each}", "the memory that this card shares")
        for each in ("used", "total")
    )
    return _together(used, more_used), _together(total, more_total)


def _together(one: Reading[int], other: Reading[int]) -> Reading[int]:
    if isinstance(one, Missing):
        return one
    return map_known(other, lambda amount: one.value + amount)


def _is_shared(card: DrmCard) -> Reading[bool]:
    """By the format of the table of measurements, which the kernel has for each kind."""
    try:
        with (card.files.folder / "gpu_metrics").open("rb") as table:
            head = table.read(4)
    except OSError:
        head = b""
    if len(head) < 4:
        return Missing(Why.UNSUPPORTED, "The kernel does not tell whether this card has memory of its own.")
    return Known(head[2] >= FIRST_OF_APUS, Source.AMD)


def _highest_clock(card: DrmCard, name: str) -> Reading[int]:
    """The highest of a list of steps, as `2: 2482Mhz *`."""
    text = card.files.text(name, "the highest clock of this card")
    steps = [int(each) for each in CLOCK.findall(value_or(text, ""))]
    if isinstance(text, Missing):
        return text
    return Known(max(steps), Source.AMD) if steps else untold("the highest clock of this card")


def _clocks(card: DrmCard) -> Told:
    """Of the cores and of the memory, which hwmon counts in Hz."""
    named = {"clock_mhz": "freq1_input", "memory_clock_mhz": "freq2_input"}
    if card.hwmon is None:
        return {name: untold("the clocks of this card") for name in named}
    return {
        name: map_known(scaled(card.hwmon.number(file, "the clocks of this card"), 1e-6), round)
        for name, file in named.items()
    }
