"""ollama-top's own settings: what holds, and who says so."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.vocabulary import Vocabulary


class Level(Vocabulary):
    """Who says what a setting is; the earlier goes before the later."""

    FLAG = "flag", "an option of the command line"
    ENVIRONMENT = "environment", "a variable of the environment"
    MACHINE = "machine", 'the settings file, in the table `[machine."id"]` of this machine'
    GENERAL = "general", "the settings file, for every machine"
    DEFAULT = "default", "nobody: ollama-top's own default"


@dataclass(frozen=True, slots=True)
class OwnSetting:
    """One setting of ollama-top's own."""

    name: str = fact("Its key in the settings file.")
    value: str = fact("What holds.")
    level: Level = fact("Who says so.")
    origin: str | None = fact("The option, the variable, or the file with its line; null of a default.")


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """All of them, and where they could stand."""

    file: str = fact("The settings file.")
    is_there: bool = fact("Whether there is such a file.")
    machine: str = fact("The id that stands for this machine in files, made from its own.")
    machine_name: str = fact("Its host name.")
    machine_problem: str | None = fact("Why it may be taken for another machine; null where it cannot.")
    settings: tuple[OwnSetting, ...] = fact("The settings.")
