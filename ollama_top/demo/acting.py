"""What a user has done to the simulated server, in the words of a real one where it refuses."""

import asyncio
import json
import math
import time
from collections.abc import Callable

from ollama_top.demo.catalogue import Model
from ollama_top.demo.pulls import Pulls, pullable
from ollama_top.demo.scheduler import Ask
from ollama_top.demo.world import World
from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Action, Keep, Load, Progress, Pull, Restart, StartProxy, StopProxy, Unload
from ollama_top.ollama import pulling
from ollama_top.ollama.pulling import Download

LOOK_EVERY_S = 0.05


async def act(world: World, pulls: Pulls, action: Action, tell: Callable[[Progress], None]) -> None:
    """Carry an action out; raises ActionError. Cancelling it breaks it off, as leaving does."""
    match action:
        case Unload(name):
            _model(world, name)
            world.unload(name)
        case Load(name):
            await _touch(world, Ask(_model(world, name)))
        case Keep(name, keep_s, context_tokens):
            seconds = math.inf if keep_s is None else keep_s
            await _touch(world, Ask(_model(world, name), context_tokens, seconds))
        case Pull(name):
            await _pull(world, pulls, name, tell)
        case Restart(_, pid):
            _kill(world, pid)
        case StartProxy() | StopProxy():
            raise ActionError("nobody could call a simulated server through a proxy")


async def _touch(world: World, ask: Ask) -> None:
    world.touch(ask)
    try:
        while not world.is_over(ask):  # noqa: ASYNC110 - a world is pure, and calls nobody
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        world.give_up(ask)


async def _pull(world: World, pulls: Pulls, name: str, tell: Callable[[Progress], None]) -> None:
    """The lines go through the parser of real ones; told as often as a real feed tells."""
    model, download, told_at_s = pullable(name), Download(), -math.inf
    for wait_s, document in pulls.steps(model):
        await asyncio.sleep(wait_s)
        line = pulling.parse_line(json.dumps(document).encode())
        if line.error is not None:
            raise ActionError(line.error)
        download, progress = pulling.follow(download, line, time.monotonic())
        if time.monotonic() - told_at_s >= pulling.TELL_EVERY_S:
            told_at_s = time.monotonic()
            tell(progress)
    if model is not None:
        world.install(model)


def _kill(world: World, pid: int) -> None:
    try:
        world.kill(pid)
    except KeyError:
        raise ActionError(f"no runner of this server is process {pid} any more: nothing was ended") from None


def _model(world: World, name: str) -> Model:
    try:
        return world.model(name)
    except KeyError:
        raise ActionError(f"model '{name}' not found") from None
