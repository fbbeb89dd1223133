"""One variable of the server's: what was configured, what the running process has, and what holds."""

from dataclasses import dataclass

from ollama_top.model.fact import fact
from ollama_top.model.reading import Known, Reading, Why
from ollama_top.model.vocabulary import Vocabulary


class SettingStatus(Vocabulary):
    """How a variable stands."""

    DEFAULT = "default", "set nowhere: Ollama's default holds"
    SET = "set", "set, and the running server has it"
    PENDING = "pending", "the next start would get another value than the running server has"
    IGNORED = "ignored", "set to what Ollama cannot read, or takes for something else"
    FOREIGN = "foreign", "set, and this version of Ollama does not read it"
    SHELL_ONLY = "shell only", "set in your shell, where the server does not see it"
    UNKNOWN = "unknown", "what the running server has could not be read"


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable that Ollama or its runners read."""

    name: str = fact("Its name.")
    configured: Reading[str] = fact("What the next start would get; absent where nothing sets it.")
    configured_in: str | None = fact(
        "Who says so: a file with its line, or a layer; null where nothing does."
    )
    shell: Reading[str] = fact("What the environment of ollama-top itself has: that of the person looking.")
    running: Reading[str] = fact(
        "What the running server was started with; absent where it is not set.", sourced=True
    )
    effective: Reading[str] = fact("What really holds.", sourced=True)
    default: str = fact("What holds in this version when it is not set.")
    status: SettingStatus = fact("How it stands.")
    note: str | None = fact("What there is to say about it; null when nothing is.")
    effect: str = fact("What it does.")
    cost: str | None = fact("What it costs; null when nothing worth a word.")


def next_value(setting: Setting) -> Reading[str]:
    """What the next start would get; of a server that nobody keeps, what it was started with."""
    if isinstance(setting.configured, Known) or setting.configured.why is Why.ABSENT:
        return setting.configured
    return setting.running
