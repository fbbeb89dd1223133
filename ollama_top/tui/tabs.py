"""The hosts that are watched, as the monitor of one of them names them."""

from dataclasses import dataclass

from ollama_top.columns.cell import Cell


@dataclass(frozen=True, slots=True)
class Tab:
    """A host, and how it does."""

    name: str
    mark: Cell


@dataclass(frozen=True, slots=True)
class Tabs:
    """All hosts, in the order in which they were named."""

    each: tuple[Tab, ...]
    front: int  # which of them is shown
