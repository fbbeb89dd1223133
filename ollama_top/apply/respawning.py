"""Has a bare server end and another take its place, and watches whether that one holds."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from ollama_top.apply.bare import CannotRespawnError, Copy, copy_of, own_folder
from ollama_top.apply.hands import StepError
from ollama_top.apply.last_words import last_words_in
from ollama_top.apply.remains import CLOCK_SLACK_S, is_over, is_same_start
from ollama_top.apply.watching import (
    ANSWER_LIMIT_S,
    BEYOND_S,
    LOOK_EVERY_S,
    NotWellError,
    answers,
    with_words,
)
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.plan import Plan, ServerRun
from ollama_top.model.reading import Known
from ollama_top.model.server import Keeper
from ollama_top.ollama.host import parse_target
from ollama_top.sources.inet_diag import DiagError
from ollama_top.sources.owner import find_owner

PATIENCE_S = 20.0  # Ollama ends its runners first
SILENCE_S = 90.0
AFTER_S = 5.0

AskToKill = Callable[[int], Awaitable[bool]]
"""Whether a process that does not end may be killed; by its number."""


class NotEndedError(StepError):
    """The process of before was asked to end, and is still there; nothing was started."""


@dataclass(frozen=True, slots=True)
class Old:
    """The process that is to end; told apart from another of its number by its start."""

    pid: int
    started_s: float


def old_of(run: ServerRun | None) -> Old | None:
    """The process of a run, if it is still there."""
    found = alive(run.pid) if run is not None else None
    if found is None or run is None:
        return None
    return found if is_same_start(found.started_s, run.started_at.timestamp()) else None


def alive(pid: int) -> Old | None:
    """A process of this number, if there is one."""
    try:
        process = psutil.Process(pid)
        return None if is_over(process) else Old(pid, process.create_time())
    except psutil.Error:
        return None


def serving(urls: Sequence[str]) -> Old | None:
    """The bare server that listens at one of these addresses; raises StepError where that is not told."""
    for url in urls:
        try:
            found = find_owner(parse_target(url).port)
        except DiagError as error:
            raise StepError(f"who serves now cannot be told: {error}") from None
        if isinstance(found, Known) and found.value.keeper is Keeper.MANUAL:
            return alive(found.value.pid)
    return None


def to_end(plan: Plan, pid: int | None, since: datetime | None) -> Old | None:
    """The bare server that is to end; `pid` is one that was started by us, if that was.

    `since` is when a change that was cut off may have ended one and started another. Raises StepError where
    another serves in its place, which is not ours to end, or where that cannot be told.
    """
    if pid is not None:
        return alive(pid)
    shown = old_of(plan.run)
    there = shown or serving((plan.url_then, plan.url))
    if there is None or there is shown or _is_ours(there, plan, since):
        return there
    raise StepError(f"process {there.pid} serves now, and is not the one that was shown: it is let be")


def _is_ours(old: Old, plan: Plan, since: datetime | None) -> bool:
    is_shown = plan.run is not None and old.pid == plan.run.pid  # the clock was set meanwhile
    return is_shown or (since is not None and old.started_s > since.timestamp() - CLOCK_SLACK_S)


def copy(old: Old) -> Copy:
    """All it takes to start a server anew that is to end; raises StepError."""
    try:
        return copy_of(old.pid)
    except CannotRespawnError as error:
        raise StepError(str(error)) from None


async def respawn(old: Old | None, new: Copy, may_kill: AskToKill) -> int:
    """The number of the new process; raises StepError where nothing was started."""
    try:
        began = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "ollama_top.apply.respawn"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise NotEndedError(f"no process can be started: {error.strerror}") from None
    if began.stdin is None or began.stdout is None:
        raise NotEndedError("no process can be started")
    began.stdin.write(f"{json.dumps(_asked(old, new))}\n".encode())
    try:
        return await _followed(began.stdin, began.stdout, old, may_kill)
    finally:
        began.stdin.close()
        await began.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(AFTER_S):
                await began.stdout.read()  # to its end, so that nothing is left open


async def _followed(
    to: asyncio.StreamWriter, reader: asyncio.StreamReader, old: Old | None, may_kill: AskToKill
) -> int:
    pid: int | None = None
    has_ended = False
    while True:
        said = await _said(reader)
        if said is None and pid is not None:
            return pid  # the line is closed by the program that it has become
        if said is None:
            raise StepError("the process that starts the server anew has ended without a word")
        has_ended = has_ended or "stopped" in said
        if "problem" in said:
            raise (StepError if has_ended else NotEndedError)(str(said["problem"]))
        if "stuck" in said and old is not None:
            to.write(b"kill\n" if await may_kill(old.pid) else b"leave\n")
        pid = said.get("pid", pid)


async def _said(reader: asyncio.StreamReader) -> Mapping[str, Any] | None:
    """The next thing that it says; None once it says nothing more."""
    try:
        async with asyncio.timeout(SILENCE_S):
            line = await reader.readline()
        found: Mapping[str, Any] | None = json.loads(line) if line else None
    except (TimeoutError, ValueError) as error:
        raise StepError(f"the process that starts the server anew says nothing sensible: {error}") from None
    return found


def _asked(old: Old | None, new: Copy) -> Mapping[str, Any]:
    process = new.process
    return {
        "pid": old.pid if old else None,
        "started_s": old.started_s if old else None,
        "program": process.program,
        "argv": process.argv,
        "folder": process.folder,
        "environment": new.environment,
        "log": process.log,
        "log_is_ours": Path(process.log).parent == own_folder(),
        "user": process.user,
        "patience_s": PATIENCE_S,
    }


async def watch(pid: int, url: str, log: str) -> None:
    """Watch whether a server holds that was just started, and writes to `log`; raises NotWellError."""
    began_s = time.monotonic()
    answered_s: float | None = None
    first = alive(pid)
    while True:
        now_s = time.monotonic() - began_s
        if first is None or alive(pid) != first:
            said = await in_daemon_thread(lambda: last_words_in(log))
            raise NotWellError(with_words(f"its process {pid} has ended again", said))
        if answered_s is None and await answers(url):
            await _check_owner(pid, url)
            answered_s = now_s
        if answered_s is not None and now_s >= answered_s + BEYOND_S:
            return
        if now_s > ANSWER_LIMIT_S:
            raise NotWellError(f"nothing answers at {url} {ANSWER_LIMIT_S:.0f} s after its start")
        await asyncio.sleep(LOOK_EVERY_S)


async def _check_owner(pid: int, url: str) -> None:
    """That it is the new process that answers, as far as that is told, and not another on its port."""
    try:
        found = await in_daemon_thread(lambda: find_owner(parse_target(url).port))
    except DiagError:
        return  # as where who listens may not be seen: that it answers, and lives on, is what is known
    if isinstance(found, Known) and found.value.pid != pid:
        raise NotWellError(f"process {found.value.pid} answers at {url}, and not the one that was started")
