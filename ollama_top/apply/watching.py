"""Whether a restart of a unit has held: watched until systemd would have started it anew, and longer.

`systemctl restart` returns 0 for a server that crashes at once, and between two crashes all looks well:
what is said here follows from what a real systemd 252 and 257 showed.
"""

import asyncio
import time
from math import isfinite

from ollama_top.apply.hands import RESTART_LIMIT_S
from ollama_top.apply.last_words import last_words
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.services.systemd.bus import UnitRun, read_run
from ollama_top.sources.http import Access, Http, HttpError

LOOK_EVERY_S = 0.2
BEYOND_S = 2.0  # after systemd would have started it anew
LONGEST_DELAY_S = 30.0  # a longer wait for a new start is itself seen: there are looks in between
ANSWER_LIMIT_S = 60.0  # a server that looks for its GPUs may be that slow
ANSWER_S = 1.0
QUIET_LIMIT_S = 10.0  # systemd may be busy reading its files
START_LIMIT_S = 60.0


class NotWellError(Exception):
    """The server did not get well; the text says what was seen."""


async def watch(unit: str, url: str, *, user: bool) -> int:
    """Watch a unit that was just restarted; the process of a run that has held.

    Raises NotWellError as soon as it is seen not to hold.
    """
    began_s = time.monotonic()
    first = await _first(unit, user=user)
    held_s = min(first.restart_delay_s, LONGEST_DELAY_S) + BEYOND_S
    answered_s: float | None = None
    while True:
        now_s = time.monotonic() - began_s
        run = await in_daemon_thread(lambda: read_run(unit, user=user))
        if run is not None and (problem := _problem(first, run)) is not None:
            said = await in_daemon_thread(lambda: last_words(unit, user=user))
            raise NotWellError(with_words(problem, said))
        if answered_s is None and await answers(url):
            answered_s = now_s
        if answered_s is not None and run is not None and run.sub_state == "running":
            held_s = max(held_s, answered_s + BEYOND_S)
            if now_s >= held_s:
                return run.main_pid
        elif answered_s is None and now_s > ANSWER_LIMIT_S:
            raise NotWellError(f"nothing answers at {url} {ANSWER_LIMIT_S:.0f} s after the restart")
        elif now_s > max(held_s, ANSWER_LIMIT_S) + QUIET_LIMIT_S:
            raise NotWellError(_not_running(unit, run, now_s))
        await asyncio.sleep(LOOK_EVERY_S)


async def restart_limit_s(unit: str, *, user: bool) -> float:
    """How long a restart may take: systemd kills a server that does not stop, but in its own time."""
    run = await in_daemon_thread(lambda: read_run(unit, user=user))
    stop_s = run.stop_limit_s if run is not None else 0.0
    return max(RESTART_LIMIT_S, stop_s + START_LIMIT_S) if isfinite(stop_s) else RESTART_LIMIT_S


def with_words(problem: str, said: str | None) -> str:
    """What was seen, and what the server said to it."""
    return f"{problem}; it said: {said}" if said else problem


async def answers(url: str, limit_s: float = ANSWER_S) -> bool:
    """Whether an Ollama of this machine answers /api/version at an address."""
    http = Http(url, timeout_s=limit_s, loopback=True, access=Access())
    try:
        await http.get("/api/version")
    except HttpError:
        return False
    finally:
        await http.close()
    return True


async def _first(unit: str, *, user: bool) -> UnitRun:
    """The unit right after the restart."""
    ends_s = time.monotonic() + QUIET_LIMIT_S
    while time.monotonic() < ends_s:
        run = await in_daemon_thread(lambda: read_run(unit, user=user))
        if run is not None:
            return run
        await asyncio.sleep(LOOK_EVERY_S)
    raise NotWellError(_not_running(unit, None, QUIET_LIMIT_S))


def _not_running(unit: str, run: UnitRun | None, now_s: float) -> str:
    """Why it is not waited for any longer, though nothing speaks against it."""
    if run is None:
        return f"systemd does not tell how {unit} runs"
    return f"it is {run.active_state} ({run.sub_state}), and not running, {now_s:.0f} s after the restart"


def _problem(first: UnitRun, now: UnitRun) -> str | None:
    """What speaks against a run; None where nothing does."""
    if now.active_state == "failed":
        return f"it has failed ({now.result}), and systemd has given up"
    if now.sub_state.startswith("auto-restart"):
        return f"it ended by itself ({now.result}), and systemd is about to start it anew"
    if now.restarts > first.restarts:
        return f"it ended by itself, and systemd has started it anew ({now.restarts} times)"
    if now.result != "success":
        return f"systemd says of its last run: {now.result}"
    is_same = first.invocation_id == now.invocation_id and first.main_pid in {0, now.main_pid}
    if first.main_pid and not is_same:
        return "it was started anew by somebody else meanwhile"
    return None if now.active_state in {"active", "activating"} else f"it is {now.active_state}"
