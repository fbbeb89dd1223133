"""A server that no manager keeps: how it was started, and that nobody else would start it anew. Reads only.

What it was started with is handed on from process to process. Only what concerns Ollama is written down.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.plan import BareProcess, Step, StepKind
from ollama_top.model.reading import Known, Missing
from ollama_top.ollama.argv import is_serve
from ollama_top.ollama.environment import concerns, kept

STDOUT = 1
SEARCHED = "PATH"
INIT = 1
STARTERS = frozenset(
    {
        *("sh", "bash", "dash", "zsh", "fish", "ksh", "tcsh", "nu", "login", "su", "sudo", "init", "systemd"),
        *("tmux", "tmux: server", "screen", "SCREEN", "sshd", "sshd-session", "launchd", "nohup", "setsid"),
    }
)
"""Parents that do not start a server anew when it ends; of a script that does, the check after it tells."""


class CannotRespawnError(Exception):
    """The server cannot be started anew as it was started; the text says why."""


@dataclass(frozen=True, slots=True)
class Copy:
    """All it takes to start a server anew. Its environment may hold secrets: it is never written down."""

    process: BareProcess
    environment: Mapping[str, str]


def steps_to(snapshot: Snapshot) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The step there and the step back; raises CannotRespawnError."""
    if isinstance(snapshot.server.pid, Missing):
        raise CannotRespawnError(f"its process is not known: {snapshot.server.pid.hint}")
    copy = copy_of(snapshot.server.pid.value)
    step = Step(StepKind.RESPAWN, argv=copy.process.argv)
    return (step,), (step,)


def copy_of(pid: int) -> Copy:
    """How a running server was started; raises CannotRespawnError."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            argv, user = tuple(process.cmdline()), process.username()
            environment, cwd, program = process.environ(), process.cwd(), process.exe()
        if not is_serve(argv):
            raise CannotRespawnError(f"process {pid} is no `ollama serve` any more")
        _check_parent(process)
    except psutil.AccessDenied:
        raise CannotRespawnError("it runs as another user: run ollama-top as that user or root") from None
    except psutil.Error:
        raise CannotRespawnError(f"its process {pid} has ended") from None
    told = tuple(
        Change(name, value) for name, value in sorted(environment.items()) if _may_be_written(name, value)
    )
    return Copy(
        BareProcess(argv, _program(program, argv, environment), cwd, user, _log(pid), told), environment
    )


def from_memory(process: BareProcess) -> Copy:
    """What can be put together where the server is gone, and with it what it was started with."""
    others = {name: value for name, value in os.environ.items() if not concerns(name)}
    told = {each.name: each.value for each in process.environment if each.value is not None}
    return Copy(process, others | told)


def changed(environment: Mapping[str, str], changes: Sequence[Change]) -> dict[str, str]:
    """An environment with some variables set and others taken away."""
    gone = {each.name for each in changes}
    rest = {name: value for name, value in environment.items() if name not in gone}
    return rest | {each.name: each.value for each in changes if each.value is not None}


def process_of(snapshot: Snapshot) -> BareProcess | None:
    """How the server of a Frame was started, if that can be told."""
    pid = snapshot.server.pid
    try:
        return copy_of(pid.value).process if isinstance(pid, Known) else None
    except CannotRespawnError:
        return None


def _check_parent(process: psutil.Process) -> None:
    """That whoever started it does not start it anew by itself."""
    parent = process.parent()
    if parent is None or parent.pid == INIT:
        return
    name = parent.name()
    if name not in STARTERS:
        raise CannotRespawnError(
            f"{name} (process {parent.pid}) has started it, and may start it anew by itself: change it there"
        )


def _may_be_written(name: str, value: str) -> bool:
    return concerns(name) and kept(name, value) is not None


def _program(program: str, argv: Sequence[str], environment: Mapping[str, str]) -> str:
    """The file to run; that of the process, unless an update has put another in its place."""
    if Path(program).exists():
        return program
    found = shutil.which(argv[0], path=environment.get(SEARCHED))
    if found is None:
        raise CannotRespawnError(f"its program {program} is gone")
    return found


def _log(pid: int) -> str:
    """Where its output goes: on into the file where it goes now, else into one of ours."""
    with suppress(OSError):  # another user's, or no /proc: it gets a file of its own
        target = Path(f"/proc/{pid}/fd/{STDOUT}").readlink()
        if target.is_file():
            return str(target)
    return str(own_folder() / f"serve-{pid}.log")


def own_folder() -> Path:
    """Where the logs lie of servers whose output went elsewhere before."""
    import platformdirs  # noqa: PLC0415 - 18 ms that only a change needs

    return platformdirs.user_state_path("ollama-top")
