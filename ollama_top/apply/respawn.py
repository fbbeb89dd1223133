"""A program: asks a server's process to end, and becomes the server that follows it.

It goes on when ollama-top dies: the server does not stay down for that. What the server is started with comes
on standard input, and is nowhere else. Must never signal any but the very process that it was told of.

    in   {"pid", "started_s", "program", "argv", "folder", "environment", "log", "log_is_ours", "user",
          "patience_s"}
    out  {"stuck": true}    it has not ended in time; a line `kill` kills it, anything else lets it be
         {"stopped": true}  it has ended
         {"pid": N}         this process is the server from now on
         {"problem": TEXT}  nothing was started; `stopped` tells whether the old one still runs
"""

import json
import os
import pwd
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from ollama_top.apply.remains import is_over, is_same_start

AFTER_KILL_S = 10.0
LOOK_EVERY_S = 0.05
STDIN, STDOUT, STDERR = 0, 1, 2


class _ProblemError(Exception):
    """Why nothing is started."""


def main() -> None:
    """Do what is asked on standard input."""
    asked = json.loads(sys.stdin.readline())
    if os.fork():
        os._exit(0)  # what follows is nobody's child, so that nobody is left with its remains
    try:
        log = _prepared(asked)  # what would fail then must fail before anything has ended
        if asked["pid"] is not None:
            with suppress(psutil.NoSuchProcess):  # it has ended by itself
                _end(psutil.Process(asked["pid"]), asked)
        _say(stopped=True)
        _become(asked, log)
    except (_ProblemError, OSError, KeyError, psutil.Error) as error:
        _say(problem=str(error))


def _prepared(asked: dict[str, Any]) -> int:
    """In the folder of the server, as its user, and with its log open, which is given."""
    if not os.access(asked["program"], os.X_OK):
        raise _ProblemError(f"{asked['program']} cannot be run")
    out = _log(asked) if asked["log_is_ours"] else None
    if os.geteuid() == 0 and asked["user"] != "root":
        _turn_into(asked["user"])
    os.chdir(asked["folder"])
    return _log(asked) if out is None else out  # the server's own log lies where its user may lay a link


def _log(asked: dict[str, Any]) -> int:
    """Its log, at whose end is written; raises OSError."""
    log = Path(asked["log"])
    log.parent.mkdir(parents=True, exist_ok=True)
    return os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _end(process: psutil.Process, asked: dict[str, Any]) -> None:
    if not is_same_start(process.create_time(), asked["started_s"]):
        raise _ProblemError(f"process {process.pid} is another than the one that was shown")
    process.terminate()
    if _has_ended(process, asked["patience_s"]):
        return
    _say(stuck=True)
    if sys.stdin.readline().strip() != "kill":
        raise _ProblemError(
            f"process {process.pid} was asked to end, has not, and was let be: it may end yet"
        )
    process.kill()
    if not _has_ended(process, AFTER_KILL_S):
        raise _ProblemError(f"process {process.pid} was killed, and is still there")


def _has_ended(process: psutil.Process, limit_s: float) -> bool:
    """Whether it ends in time."""
    ends_s = time.monotonic() + limit_s
    while not is_over(process):
        if time.monotonic() > ends_s:
            return False
        time.sleep(LOOK_EVERY_S)
    return True


def _become(asked: dict[str, Any], out: int) -> None:
    """Turn into the server: with its output in its log, no input, and none of what is ours."""
    _say(pid=os.getpid())
    told = os.dup(STDOUT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, STDIN), (out, STDOUT), (out, STDERR)):
        os.dup2(source, target)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and what is ignored stays so
    try:
        os.execve(asked["program"], asked["argv"], asked["environment"])  # noqa: S606 - the server's own words
    except OSError as error:
        os.dup2(told, STDOUT)
        raise _ProblemError(f"{asked['program']} cannot be run: {error.strerror}") from None


def _turn_into(user: str) -> None:
    found = pwd.getpwnam(user)
    os.initgroups(user, found.pw_gid)
    os.setgid(found.pw_gid)
    os.setuid(found.pw_uid)


def _say(**what: object) -> None:
    with suppress(OSError):  # whoever asked may be gone: the server is started all the same
        os.write(STDOUT, f"{json.dumps(what)}\n".encode())


if __name__ == "__main__":
    main()
