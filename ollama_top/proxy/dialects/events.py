"""Replies of the two foreign dialects: server-sent events, or one JSON object.

Must never take a count for one that stands inside what the model wrote: texts have their quotes escaped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ollama_top.model.exchange import Finish
from ollama_top.ollama import jsonic
from ollama_top.proxy.dialects.told import Told
from ollama_top.proxy.metering.tail import Ending

MOST_EVENTS = 6  # the end of a reply is in the last few
DATA = b"data:"
COUNT = re.compile(rb'"(\w{1,20}_tokens)": ?(\d{1,18})')
TYPE = re.compile(rb'"type": ?"([\w.]{1,32})"')
PROMPT, OUTPUT = ("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")

FINISHES: Mapping[str, Finish] = {
    "stop": Finish.STOP,
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "length": Finish.LENGTH,
    "max_tokens": Finish.LENGTH,
    "max_output_tokens": Finish.LENGTH,
    "tool_calls": Finish.TOOL_CALLS,
    "tool_use": Finish.TOOL_CALLS,
}
"""Why an answer ended, in the words of both dialects."""


@dataclass(frozen=True, slots=True)
class Last:
    """The end of a reply: the data of its last events, or its one object; the last first."""

    objects: tuple[jsonic.Object, ...]
    types: frozenset[str]  # of these objects
    is_marked: bool  # [DONE] is there
    counts: Mapping[str, int]  # of tokens, by name


def last_of(ending: Ending, *, is_streamed: bool) -> Last:
    """What the end of a reply says; of an object that is too long to be kept, what can be made out."""
    data = _data(ending) if is_streamed else [ending.line or b""]
    found = tuple(each for each in map(_object, data) if each)
    types = {kind for each in found if (kind := jsonic.text(each, "type"))}
    if ending.start:
        types |= {each.decode() for each in TYPE.findall(ending.rest)[-1:]}
    counts = _counts_in(ending.rest) if ending.start else _counts_of(found)
    return Last(found, frozenset(types), b"[DONE]" in data, counts)


def told_of(last: Last, *, is_end: bool, finish: str | None) -> Told:
    """The counts with the verdict of a dialect: whether it is the end, and why it ended."""
    return Told(
        is_end=is_end,
        has_failed="error" in last.types or any(each.get("error") for each in last.objects),
        finish=FINISHES.get(finish, Finish.OTHER) if finish else None,
        prompt_tokens=_first(last.counts, PROMPT),
        output_tokens=_first(last.counts, OUTPUT),
    )


def _data(ending: Ending) -> list[bytes]:
    lines = [line for line in ending.rest.split(b"\n") if line.startswith(DATA)]
    return [line[len(DATA) :].strip() for line in reversed(lines[-MOST_EVENTS:])]


def _object(data: bytes) -> jsonic.Object:
    try:
        return jsonic.parse_object(data)
    except jsonic.BadReplyError:
        return {}


def _counts_of(objects: tuple[jsonic.Object, ...]) -> Mapping[str, int]:
    """The counts of the last usage; one without any is left out, as it stands in pieces before the end."""
    for each in objects:
        usage = jsonic.member(each, "usage") or jsonic.member(jsonic.member(each, "response"), "usage")
        counts = {name: number for name in usage if (number := jsonic.count(usage, name)) is not None}
        if any(counts.values()):
            return counts
    return {}


def _counts_in(raw: bytes) -> Mapping[str, int]:
    return {name.decode(): int(number) for name, number in COUNT.findall(raw)}


def _first(counts: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((counts[each] for each in names if each in counts), None)
