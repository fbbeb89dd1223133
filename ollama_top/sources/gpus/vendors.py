"""The vendors whose cards are looked for, in the order in which a machine's cards are shown."""

from collections.abc import Callable, Mapping

from ollama_top.model.gpu import Vendor
from ollama_top.sources.gpus.amd import AmdGpus
from ollama_top.sources.gpus.apple import AppleGpus
from ollama_top.sources.gpus.intel import IntelGpus
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.gpus.nvidia import NvidiaGpus


def readers() -> Mapping[Vendor, Callable[[], GpuLook]]:
    """One that looks at the cards of each vendor; blocking, each for one thread."""
    return {
        Vendor.NVIDIA: NvidiaGpus().read,
        Vendor.AMD: AmdGpus().read,
        Vendor.INTEL: IntelGpus().read,
        Vendor.APPLE: AppleGpus().read,
    }
