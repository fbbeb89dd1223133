"""What a profile would cost the loaded models in memory, in a sentence for each. Pure."""

from collections.abc import Iterator, Sequence

from ollama_top.doctor.facts import release
from ollama_top.doctor.what_if import what_if
from ollama_top.doctor.wished import NotToldError, Subject
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Profile
from ollama_top.ollama.families import Release
from ollama_top.ollama.variables import DECLARED
from ollama_top.ollama.wishes import CONTEXT, NAMES, WishError, parse_wish


def prices(profile: Profile, subjects: Sequence[Subject], snapshot: Snapshot) -> tuple[str, ...]:
    """A sentence for each model; none where a profile has no bearing on a K/V cache."""
    words = [*_words(profile.changes, release(snapshot))]
    if not words:
        return ()
    return tuple(f"{each.described.name}: {_price(each, words, snapshot)}" for each in subjects)


def _price(subject: Subject, words: Sequence[str], snapshot: Snapshot) -> str:
    try:
        return what_if(subject, parse_wish(words), snapshot).sentence
    except (NotToldError, WishError) as error:
        return f"what it would cost is not known: {error}"


def _words(changes: Sequence[Change], known: Release | None) -> Iterator[str]:
    """What bears on the size of a K/V cache, as the release at hand would take it."""
    for each in changes:
        if each.name in NAMES:
            variable = DECLARED[each.name]
            value = variable.understood(each.value, known).value or variable.default(known)
            if value.isdigit() or each.name != CONTEXT:
                yield f"{each.name}={value}"
