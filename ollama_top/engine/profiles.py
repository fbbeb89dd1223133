"""Profiles as a person looks at them: those saved and those worked out, beside what a server has now."""

from collections.abc import Mapping

from ollama_top.config.profiles import Book, Saved
from ollama_top.control import profiles
from ollama_top.doctor import profile_price, starting_points
from ollama_top.doctor.facts import release
from ollama_top.doctor.wished import Subject, subject_of
from ollama_top.engine.answering import AskError, AskingFeed
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Compared, Profile
from ollama_top.model.reading import Known, Missing
from ollama_top.ollama.families import Release
from ollama_top.ollama.replies import DescribedModel

Descriptions = Mapping[str, DescribedModel | str]
"""What the server tells of each loaded model by its name, or why it does not."""

NOT_ASKED = "the server has not been asked for its shape yet"
BUILT_IN = starting_points.NAMES
"""Names of the profiles that are worked out; none that is saved can have one."""


async def describe_loaded(
    feed: AskingFeed, snapshot: Snapshot, known: Descriptions | None = None
) -> dict[str, DescribedModel | str]:
    """What the server tells of every model that is loaded; it is asked only for those not `known`."""
    found: dict[str, DescribedModel | str] = {}
    for name in _loaded(snapshot):
        try:
            found[name] = (known or {}).get(name) or await feed.describe(name)
        except AskError as error:
            found[name] = str(error)
    return found


def saved(book: Book, source: str, known: Release | None) -> tuple[Profile, ...]:
    """The profiles of a file, checked by what a release takes."""
    return tuple(saved_one(each, source, known) for each in book.saved)


def saved_one(found: Saved, source: str, known: Release | None) -> Profile:
    """One of them."""
    written = ((each.name, each.value, f"{source}:{each.line}") for each in found.entries)
    return profiles.profile_of(found.name, written, known)


def built_in(snapshot: Snapshot, descriptions: Descriptions) -> tuple[Profile, ...]:
    """The profiles that are worked out for this machine and what is loaded."""
    return starting_points.starting_points(snapshot, *_subjects(snapshot, descriptions))


def compared(profile: Profile, snapshot: Snapshot, descriptions: Descriptions) -> Compared:
    """A profile beside what the server has now, with what it would cost in memory."""
    subjects, untold = _subjects(snapshot, descriptions)
    prices = profile_price.prices(profile, subjects, snapshot)
    found = profiles.differences(profile, snapshot)
    is_same = None if profile.unknown is not None else profiles.is_same(found)
    return Compared(profile, found, is_same, (*prices, *([untold] if untold and prices else [])))


def release_of(snapshot: Snapshot) -> Release | None:
    """The server's release; None where it is not known."""
    return release(snapshot)


def loaded(snapshot: Snapshot) -> frozenset[str]:
    """Names of the models that are loaded."""
    return frozenset(_loaded(snapshot))


def _loaded(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(each.name.value for each in snapshot.models if isinstance(each.name, Known))


def _subjects(snapshot: Snapshot, descriptions: Descriptions) -> tuple[tuple[Subject, ...], str | None]:
    """The loaded models, and why one of them is not told."""
    found: list[Subject] = []
    untold: str | None = None
    for name in _loaded(snapshot):
        described = descriptions.get(name, NOT_ASKED)
        if isinstance(described, str):
            untold = f"{name}: {described}"
        elif isinstance(shape := described.shown.architecture, Missing):
            untold = f"{name}: {shape.hint}"
        else:
            found.append(subject_of(described, shape, snapshot))
    return tuple(found), untold
