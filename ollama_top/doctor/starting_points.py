"""Profiles to start from, worked out for this machine's memory and the models that are loaded. Pure.

Must never name a number that memory was not known for: the reason stands in its place.
"""

from collections.abc import Callable, Sequence

from ollama_top.doctor.facts import release
from ollama_top.doctor.holding import UnknownError, largest
from ollama_top.doctor.what_if import MOST_ADVISED
from ollama_top.doctor.wished import Subject
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Origin, Profile
from ollama_top.ollama import families, set_now
from ollama_top.ollama.variables import DECLARED
from ollama_top.ollama.wishes import CONTEXT, PARALLEL, Wish

ONE_MODEL, THROUGHPUT, LONG_CONTEXT, DEFAULTS = "one-model", "throughput", "long-context", "defaults"
NAMES = (ONE_MODEL, THROUGHPUT, LONG_CONTEXT, DEFAULTS)
MAX_LOADED = "OLLAMA_MAX_LOADED_MODELS"
SHORTEST = 4096
SAYS_WHERE = ("OLLAMA_HOST", "OLLAMA_MODELS")
"""Variables without which clients or models are not found where they were."""


WHY = {
    ONE_MODEL: "One model at a time has all the memory; another waits until it is idle, and takes its place.",
    THROUGHPUT: "As many requests at once as memory holds.",
    LONG_CONTEXT: "One request at a time, with the longest context that memory holds.",
    DEFAULTS: "Ollama's own defaults: takes everything away that is set for it.",
}
"""Of each by its name, what it is good for."""

NOT_LOOKED = "it takes a look at the server"


def starting_points(
    snapshot: Snapshot, subjects: Sequence[Subject], untold: str | None = None
) -> tuple[Profile, ...]:
    """The built-in profiles; `subjects` are the loaded models, `untold` why one of them is not told."""
    told = subjects if untold is None else ()
    return (
        _one_model(),
        _worked_out(THROUGHPUT, untold, lambda: _throughput(told, snapshot)),
        _worked_out(LONG_CONTEXT, untold, lambda: _long_context(told, snapshot)),
        _defaults(snapshot),
    )


def unlooked() -> tuple[Profile, ...]:
    """The same without a look at a server."""
    others = (THROUGHPUT, LONG_CONTEXT, DEFAULTS)
    return (_one_model(), *(Profile(each, Origin.BUILT_IN, (), WHY[each], NOT_LOOKED) for each in others))


def _one_model() -> Profile:
    return Profile(ONE_MODEL, Origin.BUILT_IN, (Change(MAX_LOADED, "1"),), WHY[ONE_MODEL])


Values = tuple[tuple[Change, ...], str]
"""What to set, and how that was worked out."""


def _worked_out(name: str, untold: str | None, work: Callable[[], Values]) -> Profile:
    try:
        changes, how = work()
    except UnknownError as error:
        return Profile(name, Origin.BUILT_IN, (), WHY[name], untold or str(error))
    return Profile(name, Origin.BUILT_IN, changes, f"{WHY[name]} By estimate: {how}.")


def _throughput(subjects: Sequence[Subject], snapshot: Snapshot) -> Values:
    if subjects and all(map(_is_held, subjects)):
        raise UnknownError("Ollama serves what is loaded one request at a time, whatever is set")
    number, told = largest(range(MOST_ADVISED, 0, -1), lambda each: Wish(parallel=each), subjects, snapshot)
    most = ", the most that is looked into" if number == MOST_ADVISED else ""
    return (Change(PARALLEL, str(number)),), f"{number}{most}, {told}"


def _long_context(subjects: Sequence[Subject], snapshot: Snapshot) -> Values:
    if subjects and all(each.described.shown.context_tokens for each in subjects):
        raise UnknownError("what is loaded has a num_ctx of its own, which goes before any setting")
    tokens, told = largest(
        _lengths(subjects), lambda each: Wish(parallel=1, context_tokens=each), subjects, snapshot
    )
    changes = (Change(CONTEXT, str(tokens)), Change(PARALLEL, "1"))
    return changes, f"{tokens} tokens, {told}"


def _defaults(snapshot: Snapshot) -> Profile:
    names, version = set_now.names(snapshot), release(snapshot)
    problems = tuple(
        f"{each} goes too: {DECLARED[each].default(version)} holds then"
        for each in names
        if each in SAYS_WHERE
    )
    unknown = set_now.why_unknown(snapshot)
    changes = tuple(Change(each, None) for each in names)
    return Profile(DEFAULTS, Origin.BUILT_IN, changes, WHY[DEFAULTS], unknown, problems)


def _lengths(subjects: Sequence[Subject]) -> list[int]:
    """Contexts to look into, the longest first: what a model was trained for, and powers of two below."""
    trained = [each.architecture.trained_context_tokens for each in subjects]
    longest = max((each for each in trained if each), default=0)
    if subjects and not longest:
        raise UnknownError("how long a context what is loaded was trained for is not told")
    doubled = [SHORTEST << power for power in range(longest.bit_length())]
    return sorted({longest, *(each for each in doubled if each < longest)}, reverse=True)


def _is_held(subject: Subject) -> bool:
    shown = subject.described.shown
    return families.why_held_at_one(shown.family, subject.release, shown.capabilities) is not None
