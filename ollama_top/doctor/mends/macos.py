"""macOS: Ollama's app, a job of launchd's, and a service of Homebrew's. Pure."""

import shlex
from collections.abc import Iterator, Sequence

from ollama_top.doctor.mends.words import layer_of
from ollama_top.model.configuration import Layer
from ollama_top.model.finding import Change
from ollama_top.model.service import Author, Service
from ollama_top.ollama.variables import is_same_value


def _until_gone(asks: str) -> str:
    """A command that waits, 20 seconds at most, until another has nothing more to tell of."""
    return f"for i in $(seq 20); do {asks} >/dev/null 2>&1 || break; sleep 1; done"


REOPEN = ("osascript -e 'quit app \"Ollama\"'", _until_gone("pgrep -x Ollama"), "open -a Ollama")
"""Opened while it still quits, it would not come back."""

LOST = "what launchctl sets is lost at the next start of the machine"
IN_SETTINGS = {"OLLAMA_MODELS": "Model location", "OLLAMA_CONTEXT_LENGTH": "Context length"}
"""What the app's Settings call the variables that they give a value to."""

SLIDER = {"4096", "8192", "16384", "32768", "65536", "131072", "262144"}
"""The lengths of context that they offer."""

SYSTEM = "/Library/LaunchDaemons/"


def app(changes: Sequence[Change], kept: Service | None) -> tuple[str, ...]:
    """The app's settings where they have the last word, else launchd's environment; then open it anew."""
    by_app = [each for each in changes if layer_of(each.name, kept) is Layer.APP]
    others = [each for each in changes if each not in by_app]
    commands = (*(step for each in by_app for step in _in_settings(each)), *_session(others))
    is_lost = any(each.startswith("launchctl setenv") for each in commands)
    return (*commands, *REOPEN, *((LOST,) if is_lost else ()))


def job(changes: Sequence[Change], kept: Service | None) -> tuple[str, ...]:
    """A job of launchd's: in its own file, which launchd then reads anew."""
    if kept is None or not kept.files:
        return (*_session(changes), "then restart it; it is lost at the next start of the machine")
    if kept.author is Author.HOMEBREW:
        return tuple(_homebrew(changes, kept))
    file = kept.files[0]
    return (
        f"in {file}, under EnvironmentVariables",
        *(f"    make it {each.name}={each.value}" for each in changes if each.value is not None),
        *(f"    take {each.name} out" for each in changes if each.value is None),
        *reload(kept),
    )


def restart(kept: Service) -> tuple[str, ...]:
    """The commands by which launchd starts a job anew, reading its file first where that has changed."""
    if kept.needs_reload and kept.files:
        return reload(kept)
    launchctl, target = _target(kept)
    return (f"{launchctl} kickstart -k {target}",)


def reload(kept: Service) -> tuple[str, ...]:
    """The commands by which launchd reads a job's file anew, and starts it.

    It takes a job in only once the old one is gone, so that it is waited for; each command is to run
    whatever became of the one before, for the server must not stay down.
    """
    launchctl, target = _target(kept)
    domain, _, _ = target.rpartition("/")
    return (
        f"{launchctl} bootout {target}",
        _until_gone(f"launchctl print {target}"),
        f"{launchctl} bootstrap {domain} {shlex.quote(kept.files[0])}",
    )


def _target(kept: Service) -> tuple[str, str]:
    """Who may ask, and what launchd calls the job."""
    is_system = any(each.startswith(SYSTEM) for each in kept.files[:1])
    launchctl, domain = ("sudo launchctl", "system") if is_system else ("launchctl", "gui/$(id -u)")
    return launchctl, f"{domain}/{shlex.quote(kept.name)}"


def _homebrew(changes: Sequence[Change], kept: Service) -> Iterator[str]:
    """Its own file is written anew at each start; what Ollama finds empty counts as not set."""
    formula = kept.known_as or kept.name
    for each in changes:
        said = kept.configuration.said(each.name)[-1:]
        is_there = bool(said) and said[0].place.layer is Layer.DROP_IN
        where = said[0].place if is_there else f"~/.homebrew/services/{formula}.env"
        yield f"in {where} {'make it' if is_there else 'write'} {each.name}={each.value or ''}"
    yield f"brew services restart {shlex.quote(formula)}"
    yield f"Homebrew before 7 does not read that file: there use {', '.join(_session(changes))}"


def _session(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(
        shlex.join(["launchctl", "setenv", each.name, each.value])
        if each.value is not None
        else f"launchctl unsetenv {each.name}"
        for each in changes
    )


def _in_settings(change: Change) -> Iterator[str]:
    """What a person does in the app's Settings, as their screen has it; what they let go, the session has."""
    name, value = change.name, change.value
    if name == "OLLAMA_NO_CLOUD":
        is_off = value is not None and is_same_value(name, value, "1")
        yield f"in the app's Settings switch 'Cloud' {'off' if is_off else 'on'}"
    elif value is not None and name in IN_SETTINGS and (name == "OLLAMA_MODELS" or value in SLIDER):
        yield f"in the app's Settings change {IN_SETTINGS[name]!r}, so that it becomes {value}"
    else:
        yield _let_go(name)
        yield from _session([change])


def _let_go(name: str) -> str:
    if name == "OLLAMA_HOST":
        return "in the app's Settings switch 'Expose Ollama to the network' off"
    reset = "in the app's Settings press 'Reset to defaults', which resets all"
    return f"{reset}: no single one does this to {name}"
