"""What /api/pull says, line by line, and how far a download is. Pure.

A pull that fails midway has long been answered with 200: its error is a line like the others.
"""

from dataclasses import dataclass

from ollama_top.model.action import Progress
from ollama_top.ollama import jsonic

SUCCESS = "success"
DEFAULT_HOST, DEFAULT_SPACE, DEFAULT_TAG = "registry.ollama.ai/", "library/", ":latest"
TELL_EVERY_S = 0.5  # Ollama says a line every 60 ms, which nobody can read
SETTLED_S = 1.0  # a speed over less than this says little


@dataclass(frozen=True, slots=True)
class PullLine:
    """One line: a phase, with the bytes of a layer where one is under way; or an error."""

    status: str
    error: str | None = None
    layer: str | None = None  # digest
    total_bytes: int | None = None
    done_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """One layer on its way, and where it stood when its speed began to be measured."""

    layer: str | None = None
    from_bytes: int = 0
    from_s: float = 0.0


def parse_line(line: bytes) -> PullLine:
    """A line of the reply; raises BadReplyError."""
    reply = jsonic.parse_object(line)
    total = jsonic.count(reply, "total")
    return PullLine(
        jsonic.text(reply, "status") or "",
        jsonic.text(reply, "error"),
        jsonic.text(reply, "digest"),
        total,
        (jsonic.count(reply, "completed") or 0) if total is not None else None,  # Go leaves a 0 out
    )


def follow(download: Download, line: PullLine, at_s: float) -> tuple[Download, Progress]:
    """The download after a line that came at `at_s`, and how far it is."""
    done = line.done_bytes or 0
    if line.layer != download.layer or done < download.from_bytes:
        download = Download(line.layer, done, at_s)
    spent_s = at_s - download.from_s
    is_measured = line.done_bytes is not None and spent_s >= SETTLED_S
    rate = (done - download.from_bytes) / spent_s if is_measured else None
    return download, Progress(line.status, line.done_bytes, line.total_bytes, rate)


def full_name(name: str) -> str:
    """The name under which /api/tags lists what was pulled as `name`, in lower case."""
    short = name.strip().partition("://")[2] or name.strip()
    short = short.lower().removeprefix(DEFAULT_HOST).removeprefix(DEFAULT_SPACE)
    return short if ":" in short.rpartition("/")[2] else short + DEFAULT_TAG
