"""One file for a bug report: how ollama-top is installed, how it found the server, and what it sees. Pure."""

from typing import Any

from ollama_top.outputs.redaction import Redaction

FORMAT = "ollama-top-debug/1"
ABOUT = (
    "Made by `ollama-top debug` for a bug report. Read it before you send it. In it are versions, how the"
    " server was found, how each source of values does, one look at the server as `ollama-top show --json`"
    " prints it, and the last error that ended ollama-top. Names of models and OLLAMA_ variables are in it;"
    " prompts, answers, keys, tokens and other variables are not, and homes, people, machines, addresses and"
    " GPUs have stand-ins."
)


def report(facts: dict[str, Any], redaction: Redaction) -> dict[str, Any]:
    """The document; `facts` are plain values, and what is private in them is taken out."""
    return {"format": FORMAT, "about": ABOUT, **redaction.document(facts)}
