"""Pulling a model: what it costs, and how far it is."""

from ollama_top.columns import formats
from ollama_top.control.deed import Deed, Outcome, Plan
from ollama_top.control.load import LEAVING
from ollama_top.model.action import Progress, Pull
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity

RESUMED = (
    "What is downloaded by then is kept, and the next pull goes on from there; a server that is started"
    " anew may clear it away."
)


def plan(name: str) -> Plan:
    """To pull a model by the name that was typed."""
    costs = (
        "Ollama downloads it from its registry, or from the host that the name begins with.",
        "The server's disk needs room for all of it; how much that is, is known once it begins.",
        "A model of that name is brought up to date; in memory it stays as it is until it is loaded again.",
        LEAVING,
        RESUMED,
    )
    return Plan(Pull(name), f"Pull {name}?", costs, "Pull it.")


def told(progress: Progress) -> str:
    """How far a download is: its phase, and of the layer under way the bytes, the share and the speed."""
    parts = [progress.phase]
    if progress.done_bytes is not None and progress.total_bytes:
        parts = [progress.phase.replace("pulling", "layer", 1)]  # by the beginning of its digest
        share = formats.percent(100 * progress.done_bytes / progress.total_bytes)
        parts.append(f"{formats.used_of(progress.done_bytes, progress.total_bytes)} {share}")
    if progress.bytes_per_s is not None:
        parts.append(f"{formats.size(progress.bytes_per_s)}/s")
    return "  ".join(parts)


def _seen(action: Pull, _before: Frame, _now: Frame) -> Outcome:
    """No Frame lists what is only on disk: the feed looked it up in /api/tags before it said so."""
    return Outcome(Severity.OK, f"{action.model} is installed; L loads it.")


PULL = Deed(
    asking=lambda action: f"pulling {action.model}",
    taken=lambda action: f"{action.model} is installed",
    seen=_seen,
    limit_s=0.0,
    unseen=lambda action: f"{action.model} is installed.",
    failed=lambda action: f"{action.model} was not pulled",
    left=RESUMED,
    can_end=True,
)
