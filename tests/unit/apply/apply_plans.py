"""Plans written by hand, whose steps are harmless: files in the test's folder, and the shell's commands."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import frames

from ollama_top.apply.course import Course, Parts, Wishes
from ollama_top.apply.hands import Hands
from ollama_top.apply.journal import Journal
from ollama_top.control.edits import edit_between, inverse
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan, ServerRun, Step, StepKind
from ollama_top.model.server import Keeper

N = "OLLAMA_NUM_PARALLEL"
URL = "http://127.0.0.1:11434"
RUN = ServerRun(1234, frames.NOW)


def shell(kind: StepKind, script: str) -> Step:
    return Step(kind, argv=("sh", "-euc", script))


def plan(folder: Path, before: str | None = None, after: str | None = "a=1\n", **changes: Any) -> Plan:
    """A file is written, and a line added to `done` for each command."""
    edit = edit_between(str(folder / "drop/own.conf"), before, after)
    done = shlex.quote(str(folder / "done"))
    commands = tuple(shell(kind, f"echo {kind.value} >>{done}") for kind in (StepKind.RELOAD, StepKind.RESET))
    plain = Plan(
        url=URL,
        url_then=URL,
        keeper=Keeper.SYSTEMD,
        service="ollama-of-the-tests.service",
        changes=(Change(N, "4"),),
        was=(Change(N, None),),
        steps=(Step(StepKind.EDIT, edit), *commands),
        undo=(Step(StepKind.EDIT, inverse(edit)), *commands),
        needs_root=False,
        refusal=None,
        instructions=("do it",),
        costs=(),
        notes=(),
        run=RUN,
    )
    return replace(plain, **changes)


def done(folder: Path) -> list[str]:
    """The commands that were run."""
    path = folder / "done"
    return path.read_text().split() if path.exists() else []


async def look() -> Frame:
    return frames.frame()


async def nobody_kills(_: int) -> bool:
    return False


def parts(said: list[str] | None = None, **changes: Any) -> Parts:
    plain = Parts(Hands(), Journal(), look, (said if said is not None else []).append, nobody_kills)
    return replace(plain, **changes)


def course(of: Plan, made_with: Parts, wishes: Wishes | None = None) -> Course:
    """On its way, with its journal."""
    with made_with.journal.alone("a test"):
        return Course(of, wishes or Wishes(), made_with, made_with.journal.start(of))


def outcomes(journal: Journal) -> Sequence[str | None]:
    return [each.outcome.value if each.outcome else None for each in journal.entries()]
