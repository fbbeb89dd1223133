"""How the machine follows the work: load, heat and power of its cards, CPU and memory. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from ollama_top.demo.catalogue import GIB, MIB
from ollama_top.demo.placement import Card
from ollama_top.demo.scheduler import Phase, Runner
from ollama_top.demo.slotbank import SlotBank

CONTEXT_BYTES = 330 * MIB  # of a runner's CUDA context, which no account of Ollama's holds
HEAT_S, POWER_S = 28.0, 2.5  # in which a card comes two thirds of the way
SPILLED_SHARE = 0.2  # of full speed, when a part of the model lies in main memory
CPU_COUNT = 32
HOST_MEMORY_BYTES = 126 * GIB
HOST_BASE_BYTES = 11 * GIB
RUNNER_RSS_BYTES = 1150 * MIB
SERVER_RSS_BYTES = 310 * MIB
SERVER_CPU_PERCENT = 1.0
SWAP_BYTES = 8 * GIB


@dataclass(frozen=True, slots=True)
class CardState:
    """A card at one moment."""

    card: Card
    used_bytes: int
    busy_percent: float
    celsius: float
    power_w: float
    energy_j: float = 0.0

    @classmethod
    def idle(cls, card: Card) -> "CardState":
        """A card that has had nothing to do for long."""
        return cls(card, 0, 0.0, card.idle_celsius, card.idle_w)


def follow(state: CardState, used_bytes: int, load: float, seconds: float, random: Random) -> CardState:
    """The card some time later, under a `load` from 0 to 1: work shows at once, heat comes slowly."""
    card = state.card
    busy = min(1.0, max(0.0, load + random.uniform(-0.025, 0.025))) if load else 0.0
    celsius = card.idle_celsius + (card.busy_celsius - card.idle_celsius) * load
    power_w = card.idle_w + (card.limit_w * 0.86 - card.idle_w) * busy
    return replace(
        state,
        used_bytes=used_bytes,
        busy_percent=round(100 * busy),
        celsius=_towards(state.celsius, celsius, seconds / HEAT_S),
        power_w=_towards(state.power_w, power_w, seconds / POWER_S),
        energy_j=state.energy_j + state.power_w * seconds,
    )


def shares(working: Sequence[Runner]) -> list[float]:
    """The share of full speed at which each of some runners works: cards are divided evenly."""
    return [_share(each, working) for each in working]


def load_of(card: int, working: Sequence[tuple[Runner, SlotBank]]) -> float:
    """How busy the work of some runners keeps one card; a model on several keeps each busy in turn."""
    load = 0.0
    for runner, bank in working:
        on_card = runner.placement.vram_bytes[card] / max(1, runner.placement.size_bytes)
        hard = 1.0 if any(each.is_reading for each in bank.busy) else 0.84 + 0.04 * len(bank.busy)
        load += hard * on_card
    return min(load, 0.99)


def used_bytes(card: int, runners: Sequence[Runner]) -> int:
    """Memory of a card in use."""
    held = [each.placement.vram_bytes[card] for each in runners]
    return sum(each + CONTEXT_BYTES for each in held if each)


def runner_cpu_percent(runner: Runner, busy_slots: int) -> float:
    """CPU of a runner; 100 is one core."""
    return 38.0 * busy_slots + (95.0 if runner.phase is Phase.LOADING else 0.0)


def runner_rss_bytes(runner: Runner) -> int:
    """Resident memory of a runner."""
    return RUNNER_RSS_BYTES + runner.placement.ram_bytes


def _share(runner: Runner, working: Sequence[Runner]) -> float:
    cards = [card for card, held in enumerate(runner.placement.vram_bytes) if held]
    most = max((sum(1 for each in working if each.placement.vram_bytes[card]) for card in cards), default=1)
    return (SPILLED_SHARE if runner.placement.ram_bytes else 1.0) / most


def _towards(value: float, goal: float, lapse: float) -> float:
    return goal + (value - goal) * math.exp(-lapse)
