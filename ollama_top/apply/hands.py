"""Carries out one step, with the rights that it needs, and nothing else.

Must never ask for a password on the screen, give a command a standard input, or leave half a file behind:
a file is written beside the old one, brought to the disk, and then put in its place.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ollama_top.control.edits import applied
from ollama_top.model.plan import Edit, Plan, Step, StepKind
from ollama_top.services.asking import ENGLISH

COMMAND_LIMIT_S = 60.0
RESTART_LIMIT_S = 150.0  # systemd waits 90 s for a server that does not stop, before it kills it
SUDO = ("sudo", "-n", "--")
MODE = "644"  # of a file that is new

WRITE = """\
set -eu
umask 022
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

    def do(self, step: Step) -> None:
        """Carry out a step; one that was done before stays done. Raises StepError, ChangedSinceError."""
        if step.edit is not None:
            self._edit(step.edit)
        else:
            limit_s = RESTART_LIMIT_S if step.kind is StepKind.RESTART else COMMAND_LIMIT_S
            run([*self._prefix, *step.argv], limit_s=limit_s)

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


def text_of(path: Path) -> str | None:
    """The text of a file; None where there is none. Raises StepError."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as opened:
            return opened.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StepError(f"{path} cannot be read: {error.strerror}") from None


def run(words: Sequence[str], content: bytes = b"", *, limit_s: float = COMMAND_LIMIT_S) -> None:
    """Run a command without a terminal of ours to write to; raises StepError.

    It stays in this session: sudo knows by the terminal who has given a password.
    """
    said = " ".join(words[: words.index("-c")] if "-c" in words else words)
    try:
        done = subprocess.run(
            words,
            input=content,
            capture_output=True,
            timeout=limit_s,
            check=False,
            env=os.environ | ENGLISH,
        )
    except subprocess.TimeoutExpired:
        raise StepError(f"{said} has not ended after {limit_s:.0f} s") from None
    except OSError as error:
        raise StepError(f"{said} cannot be run: {error.strerror}") from None
    if done.returncode:
        answer = " ".join(done.stderr.decode(errors="replace").split())
        raise StepError(f"{said} failed (status {done.returncode}): {answer or 'without a word'}")


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
