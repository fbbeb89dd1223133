"""Changes of a text as lines that give way to others: made, taken back, and applied. Pure."""

import hashlib
import re
from collections import Counter
from difflib import SequenceMatcher

from ollama_top.model.plan import Edit, Hunk

BEGINNINGS = re.compile(r"(?=\n)")


class ChangedSinceError(Exception):
    """The file is neither as it was when the change was planned, nor as it was to be; the text says so."""


def edit_between(path: str, before: str | None, after: str | None) -> Edit:
    """The lines in which two texts of a file differ; None is a file that is not there."""
    old, new = _lines(before or ""), _lines(after or "")
    found = SequenceMatcher(None, _numbered(old), _numbered(new), autojunk=False).get_opcodes()
    hunks = tuple(
        Hunk(start + 1, tuple(old[start:end]), tuple(new[begin:stop]))
        for tag, start, end, begin, stop in found
        if tag != "equal"
    )
    return Edit(path, hunks, digest(before), digest(after))


def inverse(edit: Edit) -> Edit:
    """What takes a change back."""
    hunks: list[Hunk] = []
    longer = 0  # by how much the lines before have grown
    for each in edit.hunks:
        hunks.append(Hunk(each.line + longer, each.after, each.before))
        longer += len(each.after) - len(each.before)
    return Edit(edit.path, tuple(hunks), edit.digest_after, edit.digest_before)


def is_done(edit: Edit, text: str | None) -> bool:
    """Whether a file is as it is to be; raises ChangedSinceError where it is not as it was either."""
    found = digest(text)
    if found not in {edit.digest_before, edit.digest_after}:
        raise ChangedSinceError(f"{edit.path} has changed since")
    return found == edit.digest_after


def applied(edit: Edit, text: str | None) -> str | None:
    """The text of a file after a change; raises ChangedSinceError."""
    if is_done(edit, text):
        return text
    if edit.digest_after is None:
        return None
    lines = _lines(text or "")
    for each in reversed(edit.hunks):  # so that the numbers of those before stay true
        lines[each.line - 1 : each.line - 1 + len(each.before)] = each.after
    new = "".join(lines)
    if digest(new) != edit.digest_after:
        raise ChangedSinceError(f"the lines to change in {edit.path} do not fit it")
    return new


def digest(text: str | None) -> str | None:
    """SHA-256 of a text as `surrogateescape` has its bytes; None where there is no file."""
    return None if text is None else hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


def _numbered(lines: list[str]) -> list[tuple[str, int]]:
    """Each line with how many of the same came before it: thousands of equal ones would take minutes."""
    seen: Counter[str] = Counter()
    numbered = []
    for each in lines:
        numbered.append((each, seen[each]))
        seen[each] += 1
    return numbered


def _lines(text: str) -> list[str]:
    """The lines, each with the line feed before it: so a line is no other one when one more comes after it.

    What an edit holds is kept, and a neighbour of the lines that change may be a secret.
    """
    return [each for each in BEGINNINGS.split(text) if each]
