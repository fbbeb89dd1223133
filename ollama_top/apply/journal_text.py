"""What the file of one change says. Reads only."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ollama_top.model.decoded import BadDocumentError, decode
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Begun, Entry, Outcome, Way

VERSION = 1
OUTCOMES = {each.value: each for each in Outcome}
LARGEST_BYTES = 64 << 20  # what is larger was not written by ollama-top


def entry_of(path: Path) -> Entry | None:
    """What a file says; None where it says nothing that can be understood."""
    try:
        with path.open("rb") as opened:
            text = opened.read(LARGEST_BYTES + 1)
        head, *lines = filter(None, text.splitlines())
        return _told(path.name, json.loads(head), lines) if len(text) <= LARGEST_BYTES else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, BadDocumentError):
        return None


def _told(name: str, head: Mapping[str, Any], lines: list[bytes]) -> Entry:
    if head["version"] != VERSION:
        raise BadDocumentError(f"version {head['version']}")
    plan = decode(Plan, head["plan"], {})
    begun: list[Begun] = []
    outcome: Outcome | None = None
    text: str | None = None
    for document in _documents(lines):
        if "begun" in document:
            begun.append(_begun(document["begun"], plan))
            outcome = None  # what has ended before goes on
        elif "outcome" in document:
            outcome, text = OUTCOMES[document["outcome"]], str(document["text"])
    return Entry(
        name=name,
        machine=str(head["machine"]),
        began_at=datetime.fromisoformat(head["at"]),
        plan=plan,
        begun=tuple(begun),
        outcome=outcome,
        text=text if outcome is not None else None,
        undoes=None if head["undoes"] is None else str(head["undoes"]),
    )


def _documents(lines: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    """The lines; one that was cut off in its middle is none: what it was about had not begun."""
    for line in lines:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            yield document


def _begun(document: Any, plan: Plan) -> Begun:  # noqa: ANN401 - JSON
    """A step that was begun, which is one of the plan's; raises BadDocumentError."""
    found = decode(Begun, document, {})
    steps = plan.steps if found.way is Way.THERE else plan.undo
    if not 0 <= found.step < len(steps):
        raise BadDocumentError(f"no step {found.step}")
    return found
