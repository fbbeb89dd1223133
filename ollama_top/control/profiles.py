"""Profiles beside what a server has: what is usable of one, what it would change, how it differs. Pure."""

import shlex
from collections.abc import Iterable

from ollama_top.model.configuration import Configuration
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Compared, Difference, Origin, Profile, Standing
from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.ollama import given
from ollama_top.ollama.families import Release
from ollama_top.ollama.host import parse_target
from ollama_top.ollama.set_now import is_certain, text_of
from ollama_top.ollama.variables import is_same_value

NOTHING_SETS_IT = Missing(Why.ABSENT, "nothing sets it")

Written = tuple[str, str | None, str]
"""A variable as it stands in a file: its name, its value, and the place."""


def profile_of(name: str, written: Iterable[Written], release: Release | None) -> Profile:
    """A saved profile: what can be used of it, and what is odd in it by its place."""
    changes, problems = [], []
    for variable, value, place in written:
        wrong = given.refusal(variable, value) or given.mistake(variable, value)
        problem = f"{wrong}; it is left out" if wrong else given.doubt(variable, value, release)
        if problem:
            problems.append(f"{place}: {problem}")
        if not wrong:
            changes.append(Change(variable, value))
    return Profile(name, Origin.SAVED, tuple(changes), problems=tuple(problems))


def changes_of(profile: Profile, configuration: Configuration) -> tuple[Change, ...]:
    """What has to be changed for the next start to get a profile's values; what is not sure is changed."""
    return tuple(each for each in profile.changes if not _has(configuration, each))


def to_change(profile: Profile, snapshot: Snapshot) -> tuple[Change, ...]:
    """As `changes_of`, by what is seen; of a server that nothing keeps, by what it was started with."""
    if isinstance(snapshot.service, Known):
        return changes_of(profile, snapshot.service.value.configuration)
    other = {each.name for each in differences(profile, snapshot) if each.standing is not Standing.SAME}
    return tuple(each for each in profile.changes if each.name in other)


def set_command(changes: Iterable[Change], snapshot: Snapshot) -> str | None:
    """What to type to have changes made to this server: it shows its plan, and asks first.

    None of a simulated one: the words would be about another.
    """
    if snapshot.demo:
        return None
    wanted, url = tuple(changes), snapshot.server.url
    unset = [word for each in wanted if each.value is None for word in ("--unset", each.name)]
    values = [f"{each.name}={each.value}" for each in wanted if each.value is not None]
    host = [] if url == parse_target("").url else ["--host", url]
    return shlex.join(["ollama-top", "set", *host, *values, *unset])


def _has(configuration: Configuration, wanted: Change) -> bool:
    if configuration.unread_for(wanted.name) is not None:
        return False
    said = configuration.said(wanted.name)
    if said and said[-1].problem is not None:
        return False
    return _is_same(wanted, (said[-1].value if said else None) or "")


def differences(profile: Profile, snapshot: Snapshot) -> tuple[Difference, ...]:
    """Each variable of a profile beside what the server has."""
    return tuple(_difference(each, snapshot) for each in profile.changes)


def is_same(found: Iterable[Difference]) -> bool | None:
    """Whether nothing differs; None where that is not known of all."""
    standings = {each.standing for each in found}
    if standings & {Standing.DIFFERS, Standing.PENDING}:
        return False
    return None if Standing.UNKNOWN in standings else True


def headline(found: Compared) -> str:
    """In a few words, how a profile stands to what the server has."""
    if found.profile.unknown is not None:
        return f"not known here: {found.profile.unknown}"
    if not found.differences:
        return "it changes nothing"
    if found.is_same is not False:
        return "the server has it" if found.is_same else "what the server has is not known"
    count = sum(each.standing is Standing.DIFFERS for each in found.differences)
    if count == 0:
        return "the next start gets it; the running server was started without"
    of = len(found.differences)
    return (
        f"{count} of {of} differ from what the server has"
        if of > 1
        else "the server has another value, or none"
    )


def untold(found: Iterable[Difference]) -> tuple[str, ...]:
    """Why it is not known what the server has, each reason once."""
    readings = [
        (what, reading)
        for each in found
        for what, reading in (("the next start would get", each.configured), ("is running", each.running))
    ]
    return tuple(
        dict.fromkeys(
            f"what {what} is not known: {reading.hint}"
            for what, reading in readings
            if isinstance(reading, Missing) and reading.why is not Why.ABSENT
        )
    )


def _difference(wanted: Change, snapshot: Snapshot) -> Difference:
    configured, running = _readings(wanted.name, snapshot)
    return Difference(wanted.name, wanted.value, configured, running, _standing(wanted, configured, running))


def _readings(name: str, snapshot: Snapshot) -> tuple[Reading[str], Reading[str]]:
    """What the next start would get, and what the running server has; also of what no setting is told."""
    found = next((each for each in snapshot.settings if each.name == name), None)
    if found is not None:
        return found.configured, found.running
    of_all = (snapshot.service, snapshot.environment)
    configured, running = (NOTHING_SETS_IT if isinstance(each, Known) else each for each in of_all)
    return configured, running


def _standing(wanted: Change, configured: Reading[str], running: Reading[str]) -> Standing:
    is_running = is_certain(running) and _is_same(wanted, text_of(running))
    if not is_certain(configured):
        if not is_certain(running):
            return Standing.UNKNOWN
        return Standing.SAME if is_running else Standing.DIFFERS
    if not _is_same(wanted, text_of(configured)):
        return Standing.DIFFERS
    return Standing.SAME if is_running or not is_certain(running) else Standing.PENDING


def _is_same(wanted: Change, held: str) -> bool:
    return is_same_value(wanted.name, wanted.value or "", held)
