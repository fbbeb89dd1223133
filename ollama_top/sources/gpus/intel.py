"""The Intel cards of this machine: by name, and by what their sensors tell.

Neither of Intel's drivers tells a card's load or its memory in use.
"""

from dataclasses import replace
from pathlib import Path

from ollama_top.model.gpu import Gpu, Vendor
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.sources.gpus.drm import DrmCard, highest_link, link
from ollama_top.sources.gpus.drm_gpus import DrmGpus, asleep
from ollama_top.sources.gpus.pci_names import product_name
from ollama_top.sources.gpus.sysfs import untold

MEMORY = Path("tile0/physical_vram_size_bytes")  # xe; chips beside the processor have 0


class IntelGpus(DrmGpus):
    """Looks at Intel's cards, and at the graphics of its processors."""

    vendor_id = "0x8086"
    source = Source.INTEL

    def get_to_know(self, card: DrmCard) -> Gpu:
        """Its name, and its memory where it has some of its own."""
        device = value_or(card.files.text("device", "its device"), "")
        name = product_name(self.share, self.vendor_id, device) or f"Intel {device}".strip()
        memory = card.files.number(str(MEMORY), "the memory of this card")
        has_memory = isinstance(memory, Known) and memory.value > 0
        return Gpu.untold(
            card.index,
            Vendor.INTEL,
            untold("it of Intel's cards"),
            pci_address=Known(card.address, Source.INTEL),
            name=Known(name, Source.INTEL),
            memory_total_bytes=memory if has_memory else untold("the memory of this card"),
            memory_is_shared=Known(not has_memory, Source.INTEL)
            if isinstance(memory, Known)
            else untold("whether this card has memory of its own"),
            **highest_link(card),
        )

    def now(self, card: DrmCard, facts: Gpu) -> Gpu:
        """Its sensors and its link, while it is awake."""
        if card.is_asleep():
            return replace(facts, **asleep("pcie_generation", "pcie_width"))
        return replace(facts, **self.measured(card), **link(card))
