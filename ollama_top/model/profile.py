"""Named sets of values for the server's variables, and how one differs from what the server has."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.finding import Change
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class Origin(Vocabulary):
    """Where a profile comes from."""

    SAVED = "saved", "the file of profiles: somebody saved or wrote it for this machine"
    BUILT_IN = "built-in", "ollama-top, which works it out for this machine and what is loaded"


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of values. It changes what it names, and leaves all other variables as they are."""

    name: str = fact("Its name.")
    origin: Origin = fact("Where it comes from.")
    changes: tuple[Change, ...] = fact("The variables that it sets, or takes away.")
    why: str | None = fact("What it is good for, in a sentence or two; null of a saved one.", default=None)
    unknown: str | None = fact(
        "Why its values cannot be worked out here and now; null where they are, or need not be.", default=None
    )
    problems: tuple[str, ...] = fact(
        "What of it is left out, or may not do what it seems to, each with its line.", default=()
    )


class Standing(Vocabulary):
    """How a value of a profile stands to what the server has."""

    SAME = "same", "the server has it, or what Ollama takes for the same"
    PENDING = "pending", "the next start would get it, and the running server has another"
    DIFFERS = "differs", "the server has another value, or none"
    UNKNOWN = "unknown", "what the server has is not known"


@dataclass(frozen=True, slots=True)
class Difference:
    """One variable of a profile beside what the server has."""

    name: str = fact("Its name.")
    wanted: str | None = fact("What the profile wants; null takes the variable away.")
    configured: Reading[str] = fact("What the next start would get; absent where nothing sets it.")
    running: Reading[str] = fact("What the running server was started with; absent where it is not set.")
    standing: Standing = fact("How it stands.")


@dataclass(frozen=True, slots=True)
class Compared:
    """A profile beside what the server has now."""

    profile: Profile = fact("The profile.")
    differences: tuple[Difference, ...] = fact("Each of its variables beside what the server has.")
    is_same: bool | None = fact("Whether all of them are the same; null where not all are known.")
    prices: tuple[str, ...] = fact(
        "What it would cost each loaded model in memory, by estimate, in a sentence each."
    )


@dataclass(frozen=True, slots=True)
class Shelf:
    """All profiles of one machine."""

    machine: str = fact("The id that stands for this machine in files, made from its own.")
    machine_name: str = fact("Its host name.")
    file: str = fact("The file that keeps those that are saved.")
    profiles: tuple[Profile, ...] = fact("The profiles, those that are saved first.")
    others: tuple[str, ...] = fact("Names of other machines that have profiles in the file.")
    problems: tuple[str, ...] = fact("What in the file is not used, by its line, and why.")
