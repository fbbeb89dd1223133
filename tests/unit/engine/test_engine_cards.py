"""The GPUs of several vendors: who is asked when, and whose light is shown."""

import asyncio
import time
from collections.abc import Callable

import frames

from ollama_top.engine.cards import REPROBE_S, Cards
from ollama_top.engine.station import Station
from ollama_top.model.gpu import Vendor
from ollama_top.model.light import Light, LightState
from ollama_top.sources.gpus.look import GpuLook

ABSENT = GpuLook((), absent=True)


class Reader:
    """One vendor's; counts how often it is asked."""

    def __init__(self, look: GpuLook | Exception) -> None:
        self.look = look
        self.asked = 0

    def __call__(self) -> GpuLook:
        self.asked += 1
        if isinstance(self.look, Exception):
            raise self.look
        return self.look


def seen(vendor: Vendor, **changes: object) -> GpuLook:
    return GpuLook((frames.gpu(vendor=vendor),), **changes)  # type: ignore[arg-type]


async def looked(cards: Cards, now_s: float | None = None, *, at_once: bool = False) -> list[Light]:
    """The lights after one look."""
    now_s = time.monotonic() if now_s is None else now_s
    await asyncio.gather(*(each for each in cards.start(now_s, at_once=at_once) if each is not None))
    return list(cards.lights(time.monotonic()))


def machine(**looks: GpuLook | Exception) -> tuple[Cards, dict[Vendor, Reader]]:
    """A machine with some vendors; the others are absent."""
    readers = {vendor: Reader(looks.get(vendor.value, ABSENT)) for vendor in Vendor}
    return Cards(readers, every_s=0.0), readers


def words(lights: list[Light]) -> list[tuple[str, LightState]]:
    return [(each.name, each.state) for each in lights]


async def test_a_machine_without_a_gpu_has_one_light_that_says_so() -> None:
    cards, _ = machine()
    lights = await looked(cards)
    assert words(lights) == [("nvidia", LightState.ABSENT)]
    assert "no GPU is seen" in (lights[0].problem or "")


async def test_before_the_first_look_that_light_is_pending() -> None:
    cards, _ = machine()
    assert words(list(cards.lights(0.0))) == [("nvidia", LightState.PENDING)]


async def test_only_the_vendors_that_are_here_have_lights() -> None:
    cards, _ = machine(amd=seen(Vendor.AMD), intel=seen(Vendor.INTEL))
    assert words(await looked(cards)) == [("amd", LightState.OK), ("intel", LightState.OK)]
    assert [each.vendor for look in cards.looks() for each in look.value.gpus] == [Vendor.AMD, Vendor.INTEL]


async def test_a_driver_in_trouble_and_one_that_fails_are_shown() -> None:
    cards, _ = machine(nvidia=GpuLook((), "reboot"), apple=OSError("no ioreg"), amd=seen(Vendor.AMD))
    lights = await looked(cards)
    assert words(lights) == [
        ("nvidia", LightState.FAILED),
        ("amd", LightState.OK),
        ("apple", LightState.FAILED),
    ]
    assert [lights[0].problem, lights[2].problem] == ["reboot", "no ioreg"]


async def test_what_is_absent_is_looked_for_again_at_long_intervals_only() -> None:
    cards, readers = machine(nvidia=seen(Vendor.NVIDIA))
    began_s = time.monotonic()
    for _ in range(3):
        await looked(cards)
    assert (readers[Vendor.NVIDIA].asked, readers[Vendor.AMD].asked) == (3, 1)
    await looked(cards, at_once=True)
    assert readers[Vendor.AMD].asked == 2, "a user who asks for it gets it"
    readers[Vendor.AMD].look = seen(Vendor.AMD)
    lights = await looked(cards, began_s + REPROBE_S + 60)
    assert ("amd", LightState.OK) in words(lights)


async def test_a_driver_that_hangs_holds_up_no_other() -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hanging() -> GpuLook:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result()
        return seen(Vendor.NVIDIA)

    other = Reader(seen(Vendor.AMD))
    readers: dict[Vendor, Callable[[], GpuLook]] = {Vendor.NVIDIA: hanging, Vendor.AMD: other}
    cards = Cards(readers, every_s=0.0)
    hangs, answers = cards.start(time.monotonic(), at_once=False)
    assert hangs is not None
    assert answers is not None
    await answers
    assert not hangs.done()
    assert [each.value for each in cards.looks()] == [other.look]
    later = list(cards.lights(time.monotonic() + 3))
    assert ("amd", LightState.OK) in words(later)
    assert cards.start(time.monotonic(), at_once=False)[0] is None, "it is not asked twice at a time"
    release.set()
    await hangs
    assert len(cards.looks()) == 2


async def test_one_that_hangs_from_the_beginning_is_told_by_its_light() -> None:
    cards, _ = machine()
    station: Station[GpuLook] = cards._stations[Vendor.NVIDIA]
    station._read = asyncio.Event().wait  # type: ignore[assignment]
    began_s = time.monotonic()
    (task, *_rest) = cards.start(began_s, at_once=False)
    assert words(list(cards.lights(began_s + 3))) == [("nvidia", LightState.SLOW)]
    assert task is not None
    task.cancel()
