"""What `ollama-top profile` does: reads and writes the file of profiles, looks at the server, prints.

Must never change the server, but for `apply`, which hands over to what shows a plan and asks.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import fail, talk
from ollama_top.cli.feeds import feed_of
from ollama_top.cli.options import settings_of
from ollama_top.config import profiles
from ollama_top.config.machine import DEMO, this_machine
from ollama_top.config.profile_file import (
    LARGEST_BYTES,
    ProfileFile,
    ProfileFileError,
    file_for,
    parse_export,
    read_export,
    write_export,
)
from ollama_top.config.profiles import Book, Saved, UnfitNameError, check_name
from ollama_top.control.asked import BadChangeError, full_name
from ollama_top.doctor.starting_points import unlooked
from ollama_top.engine import profiles as looked
from ollama_top.engine.profiles import BUILT_IN
from ollama_top.model.exit_codes import DONE, FOUND, NOT_WRITTEN, NOTHING_READ
from ollama_top.model.profile import Profile, Shelf
from ollama_top.ollama import given, set_now
from ollama_top.outputs import document, show
from ollama_top.outputs import profiles as texts
from ollama_top.outputs.profiles import Seen

STANDARD_INPUT = "-"


def list_all(options: argparse.Namespace) -> int:
    """Print every profile of this machine."""
    file, book = _opened(options)
    every = (*looked.saved(book, str(file.path), None), *unlooked())
    machine = file.machine
    shelf = Shelf(machine.id, machine.name, str(file.path), every, book.others, book.problems)
    show.write(document.text_of_value(shelf) if options.json else texts.shelf_text(shelf))
    return DONE


def show_one(options: argparse.Namespace) -> int:
    """Print what a profile sets."""
    file, book = _opened(options)
    seen = _look(options) if options.name in BUILT_IN else None
    profile = _profile(options.name, file, book, seen)
    show.write(document.text_of_value(profile) if options.json else texts.profile_text(profile))
    return DONE


def compare(options: argparse.Namespace) -> int:
    """Print a profile beside what the server has; 1 where something differs."""
    file, book = _opened(options)
    _check_there(options.name, book)
    seen = _look(options)
    profile = _profile(options.name, file, book, seen)
    found = looked.compared(profile, seen.snapshot, seen.descriptions)
    show.write(document.text_of_value(found) if options.json else texts.compared_text(found, seen.snapshot))
    if found.is_same is None:
        return NOTHING_READ
    return DONE if found.is_same else FOUND


def apply(options: argparse.Namespace) -> int:
    """Give the server a profile's values, as `set` does."""
    from ollama_top.cli.profile_applying import apply_profile

    file, book = _opened(options)
    _check_there(options.name, book)
    seen = _look(options) if options.name in BUILT_IN else None
    return apply_profile(options, _profile(options.name, file, book, seen))


def save(options: argparse.Namespace) -> int:
    """Keep values under a name: those that are given, else those that the server has."""
    name, (file, book) = _own_name(options.name), _opened(options)
    _check_free(name, book, is_replaced=options.replace)
    values = _given(options.values) if options.values else _values_of_server(options)

    def edit(now: Book) -> str:
        _check_free(name, now, is_replaced=options.replace)
        return profiles.with_profile(now.text, file.machine, name, values)

    return _written(file, edit, f"saved {name}", lambda now: texts.profile_text(_profile(name, file, now)))


def delete(options: argparse.Namespace) -> int:
    """Take a saved profile out of the file, and print what it was."""
    file, book = _opened(options)
    if options.name in BUILT_IN:
        raise UsageError(f"{options.name} is built in, and cannot be deleted")
    gone = texts.profile_text(_profile(options.name, file, book))

    def edit(now: Book) -> str:
        _check_there(options.name, now)
        return profiles.without_profile(now.text, file.machine, options.name)

    return _written(file, edit, f"deleted {options.name}", lambda _: gone)


def export(options: argparse.Namespace) -> int:
    """Write a profile as a text of its own, to a new file or to standard output."""
    file, book = _opened(options)
    seen = _look(options) if options.name in BUILT_IN else None
    profile = _profile(options.name, file, book, seen)
    if not profile.changes:
        raise UsageError(f"{options.name} has no values: {profile.unknown or 'there is nothing to export'}")
    text = profiles.export(profile.name, {each.name: each.value for each in profile.changes})
    if options.file is None:
        show.write(text.removesuffix("\n"))
        return DONE
    try:
        write_export(Path(options.file), text)
    except ProfileFileError as error:
        return fail(error, NOT_WRITTEN)
    return DONE


def import_all(options: argparse.Namespace) -> int:
    """Keep the profiles of a file that was exported; all of them, or none."""
    file, _ = _opened(options)
    brought = _brought(options.file)
    for each in brought.saved:
        _own_name(each.name)
    if not brought.saved:
        raise UsageError(f"{options.file}: there is no profile in it, as [profile.NAME]")

    def edit(now: Book) -> str:
        text = now.text
        for each in brought.saved:
            _check_free(each.name, now, is_replaced=options.replace)
            values = {change.name: change.value for change in _checked(each, options.file).changes}
            text = profiles.with_profile(text, file.machine, each.name, values)
        return text

    told = "\n".join(texts.profile_text(_checked(each, options.file)) for each in brought.saved)
    for problem in brought.problems:
        talk(problem)
    return _written(file, edit, f"imported {', '.join(each.name for each in brought.saved)}", lambda _: told)


def _opened(options: argparse.Namespace) -> tuple[ProfileFile, Book]:
    """The file and what it says; raises UsageError where it cannot be used."""
    file = file_for(DEMO if options.demo else this_machine())
    try:
        book = file.read()
    except ProfileFileError as error:
        raise UsageError(str(error)) from None
    for each in book.problems:
        talk(each)
    return file, book


def _look(options: argparse.Namespace) -> Seen:
    """The server as it is; raises NothingReadError."""
    return texts.look(feed_of(options, settings_of(options)))


def _profile(name: str, file: ProfileFile, book: Book, seen: Seen | None = None) -> Profile:
    """A profile by its name; raises UsageError."""
    _check_there(name, book)
    found = book.find(name)
    if found is not None and name not in BUILT_IN:
        known = looked.release_of(seen.snapshot) if seen else None
        return looked.saved_one(found, str(file.path), known)
    every = looked.built_in(seen.snapshot, seen.descriptions) if seen else unlooked()
    return next(each for each in every if each.name == name)


def _checked(found: Saved, source: str) -> Profile:
    return looked.saved_one(found, source, None)


def _check_there(name: str, book: Book) -> None:
    names = (*(each.name for each in book.saved), *BUILT_IN)
    if name not in names:
        raise UsageError(f"there is no profile {name!r}; there are {', '.join(names)}")


def _own_name(name: str) -> str:
    """The name, if a profile that is saved can have it; raises UsageError."""
    if name in BUILT_IN:
        raise UsageError(f"{name} is built in: choose another name")
    try:
        return check_name(name)
    except UnfitNameError as error:
        raise UsageError(str(error)) from None


def _check_free(name: str, book: Book, *, is_replaced: bool) -> None:
    found = book.find(name)
    if found is not None and not is_replaced:
        raise UsageError(
            f"there is a profile {name} already, in line {found.line}: --replace takes its place"
        )


def _given(words: Sequence[str]) -> dict[str, str | None]:
    """Values by the names of their variables; raises UsageError for what no variable can be given."""
    values: dict[str, str | None] = {}
    for word in words:
        short, equals, text = word.partition("=")
        if not equals:
            raise UsageError(f"{word[:40]!r} is no NAME=VALUE")
        name, value = _full_name(short), text or None
        if name in values:
            raise UsageError(f"{name} is given twice")
        wrong = given.refusal(name, value) or given.mistake(name, value)
        if wrong is not None:
            raise UsageError(wrong)
        values[name] = value
    return values


def _full_name(name: str) -> str:
    try:
        return full_name(name)
    except BadChangeError as error:
        raise UsageError(str(error)) from None


def _values_of_server(options: argparse.Namespace) -> dict[str, str]:
    """What the server has; raises NothingReadError where that is not known, UsageError for nothing."""
    snapshot = _look(options).snapshot
    unknown = set_now.why_unknown(snapshot)
    if unknown is not None:
        raise show.NothingReadError(f"what the server has been given is not known: {unknown}")
    values = set_now.values(snapshot)
    for each in set_now.left_out(snapshot):
        talk(each)
    if not values:
        raise UsageError("nothing is set for the server, so there is nothing to keep: give NAME=VALUE")
    return values


def _brought(path: str) -> Book:
    """What is to be imported; raises UsageError."""
    try:
        if path != STANDARD_INPUT:
            return read_export(Path(path))
        text = sys.stdin.read(LARGEST_BYTES + 1) if sys.stdin is not None else ""
        if len(text) > LARGEST_BYTES:
            raise UsageError("standard input: it is larger than a mebibyte, and is not read")
        return parse_export(text, "standard input")
    except (ProfileFileError, UnicodeDecodeError) as error:
        raise UsageError(str(error)) from None


def _written(file: ProfileFile, edit: Callable[[Book], str], done: str, told: Callable[[Book], str]) -> int:
    """Change the file, say so, and print what it is about."""
    try:
        file.change(edit)
        text = told(file.read())
    except ProfileFileError as error:
        return fail(error, NOT_WRITTEN)
    if file.machine.problem is not None:
        talk(file.machine.problem)
    talk(f"{done} in {file.path}, for {file.machine.name}")
    show.write(text)
    return DONE
