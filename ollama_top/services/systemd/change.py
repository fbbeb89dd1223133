"""The steps by which a unit gets other values and is restarted, and those that take it back. Reads only."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from ollama_top.control.by_hand import NO_QUESTION
from ollama_top.control.edits import edit_between, inverse
from ollama_top.model.finding import Change
from ollama_top.model.plan import Edit, Step, StepKind
from ollama_top.services.systemd.bus import Manager, Unit
from ollama_top.services.systemd.files import LIMIT_BYTES, NIX_STORE, read_files
from ollama_top.services.systemd.rewritten import CannotRewriteError, rewritten

SYSTEM_FOLDER = "/etc/systemd/system"
SYSTEMCTL = "systemctl"
OTHERS_WRITE = 0o022


class CannotChangeError(Exception):
    """A unit that cannot be changed as asked; the text says why."""


def steps_to(
    unit: Unit, manager: Manager, changes: Sequence[Change], *, user: bool
) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """What is done to the files and by systemctl, and what takes it back; raises CannotChangeError."""
    _check(unit)
    texts = read_files(unit, manager).texts
    try:
        files = rewritten(texts, f"{folder_for(user=user)}/{unit.name}.d", changes)
    except CannotRewriteError as error:
        raise CannotChangeError(str(error)) from None
    edits = [edit_between(each.path, each.before, each.after) for each in files]
    for each in edits:
        _check_place(each, is_by_root=not user)
    commands = _commands(unit.name, user=user)
    there = tuple(Step(StepKind.EDIT, each) for each in edits)
    back = tuple(Step(StepKind.EDIT, inverse(each)) for each in edits)
    return (*there, *commands), (*back, *commands)


def folder_for(*, user: bool) -> str:
    """Where a person's own files for units lie."""
    if not user:
        return SYSTEM_FOLDER
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return f"{base if base.startswith('/') else Path.home() / '.config'}/systemd/user"


def words(*what: str, user: bool) -> tuple[str, ...]:
    """A call of systemctl that never asks for a password: it would write into whatever is on the screen."""
    return (SYSTEMCTL, *(("--user",) if user else ()), NO_QUESTION, *what)


def _commands(unit: str, *, user: bool) -> tuple[Step, ...]:
    """Always read anew: v252 does not notice the first file of a new folder. Starts by hand count as well."""
    return (
        Step(StepKind.RELOAD, argv=words("daemon-reload", user=user)),
        Step(StepKind.RESET, argv=words("reset-failed", unit, user=user)),
        Step(StepKind.RESTART, argv=words("restart", unit, user=user)),
    )


def _check(unit: Unit) -> None:
    if unit.load_state == "loaded":
        return
    why = {
        "masked": f"{unit.name} is masked: `systemctl unmask {unit.name}` first",
        "not-found": f"systemd knows no {unit.name}",
        "bad-setting": f"systemd cannot read the files of {unit.name}: `systemd-analyze verify` tells why",
    }
    raise CannotChangeError(why.get(unit.load_state, f"systemd says of {unit.name}: {unit.load_state}"))


def _check_place(edit: Edit, *, is_by_root: bool) -> None:
    """That a file can be written where it stands, and by nobody else; raises CannotChangeError."""
    path, real = edit.path, Path(os.path.realpath(edit.path))
    if str(real).startswith(NIX_STORE):
        raise CannotChangeError(f"{path} is made by NixOS, from its configuration")
    if real.exists() and not real.is_file():
        raise CannotChangeError(f"{path} is no file, but leads to {real}")
    if edit.digest_before is not None and real.stat().st_size >= LIMIT_BYTES:
        raise CannotChangeError(f"{path} is too large to be read whole")
    if edit.digest_before is None and real.exists():
        raise CannotChangeError(f"{path} is there, and systemd does not read it: remove it first")
    there = next(each for each in real.parents if each.exists())
    if os.statvfs(there).f_flag & os.ST_RDONLY:
        raise CannotChangeError(f"{there} is on a file system that is read-only")
    if is_by_root and (open_one := next(filter(_is_open, (there, *there.parents)), None)):
        raise CannotChangeError(
            f"{open_one} can be written by others than root, who would meet them in there"
        )


def _is_open(folder: Path) -> bool:
    """Whether others than root may put another file in the place of one that root writes."""
    found = folder.stat()
    is_sticky = found.st_mode & stat.S_ISVTX
    return found.st_uid != 0 or (bool(found.st_mode & OTHERS_WRITE) and not is_sticky)
