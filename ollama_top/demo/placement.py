"""Which memory a model goes to: one card if it fits, else all of them, else main memory too. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ollama_top.demo.catalogue import GIB, MIB

CARD_RESERVE_BYTES = 96 * MIB  # kept by the driver


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card as built."""

    name: str
    uuid: str
    memory_bytes: int
    idle_w: float
    limit_w: float
    idle_celsius: float
    busy_celsius: float

    @property
    def usable_bytes(self) -> int:
        """What models can be given."""
        return self.memory_bytes - CARD_RESERVE_BYTES


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the bytes of one runner lie."""

    vram_bytes: tuple[int, ...]  # one number a card
    ram_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        """All of it."""
        return sum(self.vram_bytes) + self.ram_bytes


def place(need_bytes: int, free_bytes: Sequence[int]) -> Placement | None:
    """A place on the cards for the whole; None when it does not fit."""
    roomiest = max(range(len(free_bytes)), key=lambda card: free_bytes[card], default=None)
    if roomiest is not None and free_bytes[roomiest] >= need_bytes:
        return Placement(tuple(need_bytes if card == roomiest else 0 for card in range(len(free_bytes))))
    if sum(free_bytes) < need_bytes:
        return None
    return Placement(_spread(need_bytes, free_bytes))


def spill(need_bytes: int, free_bytes: Sequence[int]) -> Placement:
    """As much as fits on the cards, and the rest in main memory."""
    on_cards = min(need_bytes, sum(free_bytes))
    return Placement(_spread(on_cards, free_bytes), need_bytes - on_cards)


def _spread(total_bytes: int, free_bytes: Sequence[int]) -> tuple[int, ...]:
    """Shares in proportion to what is free; the last card takes what rounding leaves."""
    shares: list[int] = []
    left_bytes, left_free = total_bytes, sum(free_bytes)
    for free in free_bytes:
        share = -(-left_bytes * free // left_free) if left_free else 0
        shares.append(min(share, free))
        left_bytes, left_free = left_bytes - shares[-1], left_free - free
    return tuple(shares)


def rtx_4090(number: int) -> Card:
    """A card of 24 GiB."""
    uuid = f"GPU-0d3a6c1e-4090-4f00-8a00-00000000000{number}"
    return Card("NVIDIA GeForce RTX 4090", uuid, 24 * GIB - 12 * MIB, 21.0, 450.0, 36.0, 72.0)
