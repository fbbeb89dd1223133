"""`ollama-top doctor`: what could be better, with its evidence and its mend, as text or JSON."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass

from ollama_top.doctor.examine import worst_first
from ollama_top.doctor.mending import steps
from ollama_top.engine.feed import Feed
from ollama_top.model.finding import Finding, mend
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.text import printable
from ollama_top.outputs.document import FORMAT, encoded
from ollama_top.outputs.show import run

INDENT = "    "
NOTHING = "nothing found that could be better"
UNREAD = "it could not be looked at, so nothing is said of it"


@dataclass(frozen=True, slots=True)
class Watched:
    """What came of a watch: its last Frame, and all that was found meanwhile, the worst first."""

    frame: Frame
    findings: tuple[Finding, ...]


def watch(
    make_feed: Callable[[], Feed], seconds: float, clock: Callable[[], float] = time.monotonic
) -> Watched:
    """Watch for so many seconds, two looks at the least so that rates are known; raises NothingReadError."""

    async def look() -> Watched:
        ends_s = clock() + seconds
        found: dict[tuple[str, str], Finding] = {}
        async with aclosing(make_feed().frames()) as frames:
            frame = await anext(frames)
            while True:
                frame = await anext(frames)
                found |= {(each.id, each.subject): each for each in frame.findings}
                if clock() >= ends_s:
                    return Watched(frame, worst_first(found.values()))

    return run(look)


def as_json(watched: Watched) -> str:
    """The findings as one JSON document in printable ASCII."""
    values = {
        "format": FORMAT,
        "taken_at": encoded(watched.frame.snapshot.taken_at),
        "server": encoded(watched.frame.snapshot.server.url),
        "findings": encoded(watched.findings),
    }
    return json.dumps(values, indent=2, ensure_ascii=True).replace("\x7f", "\\u007f")


def as_text(watched: Watched) -> str:
    """The findings for a person, one paragraph each."""
    if not watched.findings:
        server = watched.frame.snapshot.server
        return printable(f"{server.url}: {NOTHING if server.reachable else UNREAD}")
    return "\n\n".join(
        "\n".join(map(printable, _paragraph(each, watched.frame.snapshot))) for each in watched.findings
    )


def _paragraph(finding: Finding, snapshot: Snapshot) -> Iterator[str]:
    yield f"{finding.severity.value}: {finding.title}  [{finding.id}]"
    yield f"{INDENT}{finding.cause}"
    for each in finding.evidence:
        yield f"{INDENT}- {each.text} ({each.source.value})"
    if finding.settle is not None:
        yield f"{INDENT}not sure; what would settle it: {finding.settle}"
    if finding.fix is not None:
        yield f"{INDENT}mend: {mend(finding.fix)}"
        yield from (f"{INDENT}  {each}" for each in steps(finding.fix, snapshot))
