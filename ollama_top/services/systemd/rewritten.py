"""Which files of a unit change, and how, so that its next start gets other values. Pure.

A variable is changed where the last word on it is said, else in a file of our own. The unit's own file
is never touched: the next install writes it anew. What would come of it is worked out by the same reading
that the settings are shown by, and where that is not exactly what was asked for, nothing is proposed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ollama_top.model.configuration import Assignment, Configuration, Layer
from ollama_top.model.finding import Change
from ollama_top.services.systemd.configured import TextFile, UnitTexts
from ollama_top.services.systemd.lines import (
    in_environment_text,
    in_unit_text,
    unset_in_unit_text,
    without_unset,
)

OWN_NAME = "50-ollama-top.conf"
HEADER = """\
# Written by ollama-top, which keeps what was here before: `ollama-top undo` takes the last change back.
[Service]
"""


class CannotRewriteError(Exception):
    """No change of these files is sure to give the values asked for; the text says why."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file before and after; None where it is not there."""

    path: str
    before: str | None
    after: str | None


def rewritten(texts: UnitTexts, folder: str, changes: Sequence[Change]) -> tuple[Rewritten, ...]:
    """The files to change; `folder` is where a file of our own is dropped in.

    Raises CannotRewriteError.
    """
    own = next((each.path for each in texts.files[1:] if _name(each) == OWN_NAME), f"{folder}/{OWN_NAME}")
    now = texts
    for each in changes:
        now = _with_change(now, own, each)
    _prove(texts, now, changes)
    before, after = _by_path(texts), _by_path(now)
    return tuple(
        Rewritten(path, before.get(path), _kept(path, own, text))
        for path, text in after.items()
        if before.get(path) != text
    )


def _with_change(texts: UnitTexts, own: str, change: Change) -> UnitTexts:
    if _last(texts.configuration(), change.name) == (change.value, None):
        return texts  # it is said already, in whatever way
    if change.value is None:
        return _taken_away(texts, own, change.name)
    texts = _allowed(texts, change.name)
    path, layer = _place(texts, own, change.name)
    if layer is Layer.ENVIRONMENT_FILE:
        return _put(texts, path, in_environment_text(_text(texts, path), change.name, change.value))
    return _put(texts, path, in_unit_text(_text(texts, path) or HEADER, change.name, change.value))


def _taken_away(texts: UnitTexts, own: str, name: str) -> UnitTexts:
    """Without our own line, and where another place sets it, with one that takes it away at the end."""
    if text := _text(texts, own):
        texts = _put(texts, own, in_unit_text(text, name, None))
    said = texts.configuration().said(name)[-1:]
    if not said or (said[0].value is None and said[0].problem is None):
        return texts
    return _put(texts, own, unset_in_unit_text(_text(texts, own) or HEADER, name))


def _allowed(texts: UnitTexts, name: str) -> UnitTexts:
    """Without lines that take the variable away."""
    for each in texts.files[1:]:
        if each.text is not None and (text := without_unset(each.text, name)) != each.text:
            texts = _put(texts, each.path, text)
    return texts


def _place(texts: UnitTexts, own: str, name: str) -> tuple[str, Layer]:
    """Where a value has to stand so that nothing goes before it."""
    for last in texts.configuration().said(name)[-1:]:
        path, layer = last.place.path, last.place.layer
        if path is not None and layer is Layer.ENVIRONMENT_FILE:
            return path, layer
        if path is not None and layer is Layer.DROP_IN and PurePath(path).name > OWN_NAME:
            return path, layer
    return own, Layer.DROP_IN


def _put(texts: UnitTexts, path: str, text: str) -> UnitTexts:
    """The texts with another one in the place of a file, or with one more file dropped in."""
    new = TextFile(path, text)
    named = {
        pattern: tuple(new if each.path == path else each for each in files)
        for pattern, files in texts.named.items()
    }
    others = [each for each in texts.files[1:] if each.path != path]
    is_named = any(each.path == path for files in texts.named.values() for each in files)
    dropped_in = sorted([*others, *([] if is_named else [new])], key=_name)
    return replace(texts, files=(*texts.files[:1], *dropped_in), named=named)


def _kept(path: str, own: str, text: str | None) -> str | None:
    """Nothing, where our own file would say nothing any more."""
    return None if path == own and text is not None and text.strip() == HEADER.strip() else text


def _prove(before: UnitTexts, after: UnitTexts, changes: Sequence[Change]) -> None:
    """That the next start gets exactly what was asked for, and all else as before."""
    was, then = before.configuration(), after.configuration()
    wanted = {each.name: each.value for each in changes}
    for name in sorted({*was.names(), *then.names(), *wanted}):
        if name not in wanted:
            if _last(was, name) != _last(then, name):
                raise CannotRewriteError(f"{name} would change as well")
        elif _last(then, name) != (wanted[name], None):
            raise CannotRewriteError(_why_not(name, then))
        elif (unread := then.unread_for(name)) is not None:
            raise CannotRewriteError(f"{unread.place} may set {name} too: {unread.why}")


def _last(of: Configuration, name: str) -> tuple[str | None, str | None]:
    said: tuple[Assignment, ...] = of.said(name)[-1:]
    return (said[0].value, said[0].problem) if said else (None, None)


def _why_not(name: str, then: Configuration) -> str:
    said = then.said(name)[-1:]
    return f"what {said[0].place} says of {name} goes before" if said else f"{name} would not be read"


def _by_path(texts: UnitTexts) -> Mapping[str, str]:
    every = [*texts.files, *(each for files in texts.named.values() for each in files)]
    return {each.path: each.text for each in every if each.text is not None}


def _text(texts: UnitTexts, path: str) -> str:
    return _by_path(texts).get(path, "")


def _name(file: TextFile) -> str:
    return PurePath(file.path).name
