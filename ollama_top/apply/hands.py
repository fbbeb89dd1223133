"""Carries out one step, with the rights that it needs, and nothing else.

Must never ask for a password on the screen, give a command a standard input, or leave half a file behind:
a file is written beside the old one, brought to the disk, and then put in its place.
"""

import os
import shutil
import signal
import stat
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

from ollama_top.control.edits import applied, digest
from ollama_top.model.plan import Edit, Plan, Step, StepKind
from ollama_top.services.asking import ENGLISH

COMMAND_LIMIT_S = 60.0
RESTART_LIMIT_S = 150.0  # systemd waits 90 s for a server that does not stop, before it kills it
SUDO = ("sudo", "-n", "--")
NOT_LOADED = "not loaded"
MODE = "644"  # of a file that is new

WRITE = """\
set -eu
umask 022
[ ! -e "$1" ] || [ -f "$1" ]
folder=$(dirname -- "$1")
mkdir -p -- "$folder"
rm -f -- "$folder"/.ollama-top-????????
new=$(mktemp -- "$folder/.ollama-top-XXXXXXXX")
trap 'rm -f -- "$new"' EXIT
if [ -e "$1" ]; then chmod --reference="$1" -- "$new"; chown --reference="$1" -- "$new"
else chmod "$2" -- "$new"; fi
cat >"$new"
sync -- "$new"
mv -fT -- "$new" "$1"
sync -- "$folder"
"""
"""$1 is the file, $2 the mode of a new one, and its text comes on standard input."""

REMOVE = """\
set -eu
folder=$(dirname -- "$1")
rm -f -- "$1"
rmdir --ignore-fail-on-non-empty -- "$folder"
"""


class StepError(Exception):
    """A step was not done; the text says why, with the words of whoever refused."""


class Hands:
    """Carries out steps as this user, or as root where `prefix` says so; blocking."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        """`prefix` are the words before each command that needs root's rights."""
        self._prefix = tuple(prefix)

    def do(self, step: Step, restart_limit_s: float = RESTART_LIMIT_S) -> None:
        """Carry out a step; one that was done before stays done. Raises StepError, ChangedSinceError."""
        if step.edit is not None:
            self._edit(step.edit)
        else:
            self._command(step, restart_limit_s if step.kind is StepKind.RESTART else COMMAND_LIMIT_S)

    def may(self, steps: Sequence[Step]) -> bool:
        """Whether the rights are still there: what sudo was given a password for ends by itself."""
        return not self._prefix or may_sudo(steps)

    def _command(self, step: Step, limit_s: float) -> None:
        try:
            run([*self._prefix, *step.argv], limit_s=limit_s)
        except StepError as error:
            if step.kind is not StepKind.RESET or NOT_LOADED not in str(error):
                raise  # of a unit that is stopped and not enabled systemd remembers nothing

    def _edit(self, edit: Edit) -> None:
        path = os.path.realpath(edit.path)  # a link stays one, and what it leads to is changed
        now = text_of(Path(path))
        then = applied(edit, now)
        if then == now:
            return
        words, content = words_for(path, then)
        run([*self._prefix, *words], content)
        if text_of(Path(path)) != then:
            raise StepError(f"{path} is not what was written to it")


def words_for(path: str, text: str | None) -> tuple[tuple[str, ...], bytes]:
    """The command that brings a file to a text, and its standard input; None removes it."""
    if text is None:
        return ("sh", "-c", REMOVE, "sh", path), b""
    return ("sh", "-c", WRITE, "sh", path, MODE), text.encode(errors="surrogateescape")


def may_be_done(edit: Edit) -> bool:
    """Whether a file may be as a change wants it; no only where it surely is not."""
    try:
        return digest(text_of(Path(edit.path))) == edit.digest_after
    except StepError:
        return True


def text_of(path: Path) -> str | None:
    """The text of a file; None where there is none. Raises StepError, of a pipe or a device as well."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting
            raise StepError(f"{path} is no file of text, but a folder, a pipe or a device")
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as opened:
            return opened.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StepError(f"{path} cannot be read: {error.strerror}") from None


def run(words: Sequence[str], content: bytes = b"", *, limit_s: float = COMMAND_LIMIT_S) -> None:
    """Run a command without a terminal of ours to write to; raises StepError.

    It stays in this session: sudo knows by the terminal who has given a password. It is in a group of its
    own: Ctrl+C is for us, who take back what was begun, and not for what is being written.
    """
    said = " ".join(words[: words.index("-c")] if "-c" in words else words)
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | ENGLISH,
            process_group=0,
        )
    except OSError as error:
        raise StepError(f"{said} cannot be run: {error.strerror}") from None
    try:
        complaint = process.communicate(content, limit_s)[1]
    except subprocess.TimeoutExpired:
        _let_go(process)
        raise StepError(f"{said} has not ended after {limit_s:.0f} s") from None
    if process.returncode:
        answer = " ".join(complaint.decode(errors="replace").split())
        raise StepError(f"{said} failed (status {process.returncode}): {answer or 'without a word'}")


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    """End a command and all that it has begun, as far as that is ours to do: sudo is root's."""
    with suppress(PermissionError, ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for each in filter(None, (process.stdin, process.stderr)):
        with suppress(OSError):
            each.close()
    Thread(target=process.wait, daemon=True).start()  # whenever that is, nothing is left of it


def hands_for(plan: Plan) -> Hands | None:
    """Hands with the rights that a plan needs; None where a person has to be asked for them first."""
    if not plan.needs_root or os.geteuid() == 0:
        return Hands()
    return Hands(SUDO) if may_sudo(plan.steps) else None


def rights(plan: Plan, hands: Hands | None) -> str | None:
    """Whose rights a plan takes, in words; None where those of this user do."""
    if not plan.needs_root:
        return None
    if os.geteuid() == 0:
        return "root's, which you have"
    return "root's, which sudo gives" + ("" if hands is not None else " for your password")


def may_sudo(steps: Sequence[Step]) -> bool:
    """Whether sudo runs the commands of these steps without a password now; only the call is proof."""
    if shutil.which("sudo") is None:
        return False
    return all(_is_allowed(_words_of(each)) for each in steps)


def _words_of(step: Step) -> tuple[str, ...]:
    if step.edit is None:
        return step.argv
    return words_for(os.path.realpath(step.edit.path), "" if step.edit.digest_after is not None else None)[0]


def _is_allowed(words: Sequence[str]) -> bool:
    try:
        done = subprocess.run(
            ["sudo", "-n", "-l", "--", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def ask_for_rights() -> bool:
    """Have sudo ask for a password in the plain terminal that this program has; whether it got it."""
    if shutil.which("sudo") is None:
        return False
    try:
        return subprocess.run(["sudo", "-v"], check=False).returncode == 0
    except (OSError, KeyboardInterrupt):
        return False
