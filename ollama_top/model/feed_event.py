"""What a proxy's feed says: events as values, and each as a line of JSON. Pure.

A reader is told everything at once (`hello`, exchanges, `ready`), and then what changes. An exchange that is
told again takes the place of what was told of it before.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ollama_top.model.decoded import BadDocumentError, decode
from ollama_top.model.encoded import Reasons, encode
from ollama_top.model.exchange import Exchange
from ollama_top.model.proxy import Held, Proxy

FORMAT = "ollama-top/feed/1"


@dataclass(frozen=True, slots=True)
class Hello:
    """The feed begins, and what is known of earlier is void."""

    proxy: Proxy


@dataclass(frozen=True, slots=True)
class Ready:
    """All that there was has been told."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The proxy itself, as it stands now."""

    proxy: Proxy


@dataclass(frozen=True, slots=True)
class Changed:
    """An exchange that is new, goes on to its next phase, or has ended."""

    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Step:
    """How far a streamed answer is."""

    id: int
    pieces: int  # of the answer so far; each is a token, or close to it
    reply_bytes: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The streamed answers that have grown."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of `hold` or `release`, to the one who asked."""

    held: Held


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked cannot be done; the text says why."""

    why: str


FeedEvent = Hello | Ready | Facts | Changed | Moved | Answer | Refused


def line_of(event: FeedEvent) -> bytes:
    """An event as a line."""
    return json.dumps(_document(event), separators=(",", ":")).encode() + b"\n"


def event_of(line: bytes) -> FeedEvent | None:
    """The event of a line, None for one of a kind that is not known yet; raises BadDocumentError."""
    try:
        document = json.loads(line, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise BadDocumentError("a line that is no JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("event"), str):
        raise BadDocumentError("a line that is no event")
    read = READERS.get(document["event"])
    return read(document) if read else None


def _refused(constant: str) -> None:
    """Infinity and NaN, which are no JSON; raises ValueError."""
    raise ValueError(constant)


def _document(event: FeedEvent) -> Mapping[str, Any]:
    missing: Reasons = {}
    body: dict[str, Any] = {}
    match event:
        case Hello(proxy):
            body = {"event": "hello", "format": FORMAT, "proxy": encode(proxy, "", missing)}
        case Ready():
            body = {"event": "ready"}
        case Facts(proxy):
            body = {"event": "proxy", "proxy": encode(proxy, "", missing)}
        case Changed(exchange):
            body = {"event": "exchange", "exchange": encode(exchange, "", missing), "missing": missing}
        case Moved(steps):
            body = {"event": "moved", "moved": [[each.id, each.pieces, each.reply_bytes] for each in steps]}
        case Answer(held):
            body = {"event": "held", "held": encode(held, "", missing)}
        case Refused(why):
            body = {"event": "refused", "why": why}
    return body


def _hello(document: Mapping[str, Any]) -> FeedEvent:
    if document.get("format") != FORMAT:
        raise BadDocumentError(f"a feed of another format, {document.get('format')!s:.40}")
    return Hello(decode(Proxy, document.get("proxy"), {}))


def _changed(document: Mapping[str, Any]) -> FeedEvent:
    missing = document.get("missing")
    return Changed(decode(Exchange, document.get("exchange"), missing if isinstance(missing, dict) else {}))


def _moved(document: Mapping[str, Any]) -> FeedEvent:
    try:
        return Moved(tuple(Step(*map(int, each)) for each in document["moved"]))
    except (KeyError, TypeError, ValueError):
        raise BadDocumentError("no steps where they should be") from None


READERS: Mapping[str, Callable[[Mapping[str, Any]], FeedEvent]] = {
    "hello": _hello,
    "ready": lambda _: Ready(),
    "proxy": lambda document: Facts(decode(Proxy, document.get("proxy"), {})),
    "exchange": _changed,
    "moved": _moved,
    "held": lambda document: Answer(decode(Held, document.get("held"), {})),
    "refused": lambda document: Refused(str(document.get("why"))),
}
