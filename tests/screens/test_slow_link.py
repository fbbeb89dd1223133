"""The monitor behind a line of 2 kB/s: keys are answered at once, and the picture is right in the end."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import play
import pytest
from slow_link import SlowLink
from terminal import MODERN

PLAY = str(Path(play.__file__))
KEY_LIMIT_S = 1.0
SLACK_S = 0.5  # over the round trip and what the bytes need
STILL_S = 0.25  # no piece waits so long for its turn, beside the round trip


def monitor(name: str, interval_s: float, size: tuple[int, int] = (80, 24)) -> SlowLink:
    return SlowLink([PLAY, name, str(interval_s)], size, {**MODERN, "LANG": "C.UTF-8"})


def cursor(link: SlowLink) -> int | None:
    """The line under the cursor of the table in focus; None while it is half way from one to the next."""
    lines = enumerate(link.cells())
    marked = [y for y, line in lines if sum(cell.reverse for cell in line) > len(line) // 2]
    return marked[0] if len(marked) == 1 else None


def seconds_until(link: SlowLink, holds: Callable[[], object]) -> float:
    began_s = time.monotonic()
    link.until(holds)
    return time.monotonic() - began_s


def begin(link: SlowLink) -> None:
    """Have the first Frame over a good line, and let the program find out how bad it has become.

    Then go to the requests, whose rows stay.
    """
    portion_s, link.portion_s = link.portion_s, 0.0
    link.until(lambda: cursor(link) is not None)
    link.type("\t\t")
    link.portion_s = portion_s
    link.pump(4.0)


def keys_answered(link: SlowLink, count: int) -> list[float]:
    """How long the cursor took to move, each time at another moment of the Frames' coming."""
    took_s = []
    for at in range(count):
        before = cursor(link)
        link.type("jk"[at % 2])
        took_s.append(seconds_until(link, lambda seen=before: cursor(link) not in {seen, None}))  # type: ignore[misc]
        link.pump(0.17 * (at % 7))
    return took_s


def pages_opened(link: SlowLink, count: int) -> list[float]:
    """How much longer a page took than the round trip and its own bytes."""
    over_s = []
    for _ in range(count):
        link.pump(1.0)
        sent = len(link.sent)
        link.type("?")
        took_s = seconds_until(link, lambda: "Help" in link.lines[0] and "back" in link.lines[-1])
        over_s.append(took_s - 2 * link.delay_s - (len(link.sent) - sent) / 2000)
        link.type("\x1b")
        link.until(lambda: cursor(link) is not None)
    return over_s


def settled(link: SlowLink) -> None:
    """Wait until nothing is on its way, and nothing more comes of what is."""
    link.until(lambda: not link.pump(2 * link.delay_s + STILL_S) and not link.on_the_way)


def check_picture(link: SlowLink) -> None:
    """Hold a moment, and compare what pieces made of it with what one repaint makes."""
    link.type(" ")
    link.until(lambda: "PAUSED" in link.text)
    settled(link)
    pieced, (width, height) = link.cells(), (link.screen.columns, link.screen.lines)
    link.resize(width, height + 1)
    settled(link)
    link.resize(width, height)
    settled(link)
    assert link.cells() == pieced
    link.type(" ")
    link.until(lambda: "PAUSED" not in link.text)


def disturb(link: SlowLink, chance: random.Random) -> None:
    """A stall, a change of size, or several of both."""
    for _ in range(chance.randint(1, 3)):
        if is_stalled := chance.random() < 0.5:
            link.stall()
            link.pump(chance.uniform(0.1, 2.0))
        if not is_stalled or chance.random() < 0.5:
            link.resize(chance.randint(40, 140), chance.randint(10, 40))
            link.pump(chance.uniform(0.0, 0.5))
        if is_stalled:
            link.resume()


def test_a_key_and_a_page_do_not_wait_for_frames() -> None:
    with monitor("storm", 0.5) as link:
        begin(link)
        assert max(keys_answered(link, 5)) <= KEY_LIMIT_S
        assert max(pages_opened(link, 1)) <= SLACK_S


def test_the_picture_is_right_after_stalls_and_changes_of_size() -> None:
    chance = random.Random(1)
    with monitor("storm", 0.2) as link:
        link.portion_s, link.delay_s = link.portion_s / 10, 0.05  # the same in a fraction of the time
        link.until(lambda: cursor(link) is not None)
        for _ in range(2):
            disturb(link, chance)
            check_picture(link)


@pytest.mark.long
@pytest.mark.parametrize("delay_s", [0.15, 0.3])
def test_keys_and_pages_many_times(delay_s: float) -> None:
    with monitor("storm", 0.5) as link:
        link.delay_s = delay_s
        begin(link)
        assert max(keys_answered(link, 100)) <= KEY_LIMIT_S
        assert max(pages_opened(link, 10)) <= SLACK_S


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_two_hundred_stalls_and_changes_of_size(seed: int) -> None:
    chance = random.Random(seed)
    with monitor("storm", 0.5) as link:
        begin(link)
        for _ in range(10):
            disturb(link, chance)
            check_picture(link)
