"""Keeps what a sweep recommends as a profile: under a name that was given, or one asked for at the end."""

import argparse
import sys

from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import talk, tell
from ollama_top.config import profiles
from ollama_top.config.machine import DEMO, this_machine
from ollama_top.config.profile_file import ProfileFile, ProfileFileError, file_for
from ollama_top.config.profiles import Book, UnfitNameError, check_name
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.profiles import BUILT_IN
from ollama_top.model.sweep import Sweep
from ollama_top.model.text import printable
from ollama_top.sweep.verdict import recommended_values

QUESTION = "Save it as a profile? Its name, or Enter for no: "


def check(options: argparse.Namespace) -> None:
    """Refuse a name that could not be used at the end; raises UsageError."""
    if options.save is not None:
        try:
            _check(options.save, _file(options).read())
        except ProfileFileError as error:
            raise UsageError(str(error)) from None


async def offer(options: argparse.Namespace, sweep: Sweep) -> None:
    """Save what is recommended under the name that was given; else ask for one where somebody is there."""
    values = recommended_values(sweep)
    if values is None:
        return
    if options.save is not None:
        _save(options, options.save, values)
    elif not options.json and sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty():
        sys.stderr.write(QUESTION)
        sys.stderr.flush()
        name = (await in_daemon_thread(sys.stdin.readline)).strip()  # so that a signal ends the wait
        if name:
            _save(options, name, values)


def _save(options: argparse.Namespace, name: str, values: profiles.Values) -> None:
    file = _file(options)

    def edit(now: Book) -> str:
        _check(name, now)
        return profiles.with_profile(now.text, file.machine, name, values)

    try:
        file.change(edit)
    except (ProfileFileError, UsageError) as error:
        talk(f"not saved: {error}")
    else:
        tell(f"Saved as the profile {printable(name)}, in {printable(str(file.path))}.")


def _file(options: argparse.Namespace) -> ProfileFile:
    return file_for(DEMO if options.demo else this_machine())


def _check(name: str, book: Book) -> None:
    """Raises UsageError for a name that cannot be had."""
    try:
        check_name(name)
    except UnfitNameError as error:
        raise UsageError(str(error)) from None
    if name in BUILT_IN or book.find(name) is not None:
        raise UsageError(f"there is a profile {name} already: choose another name")
