"""What is sent to each kind of server, and how its reply is read. Pure: bytes in, values out.

Text of an answer is counted and let go; nothing of it is kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ollama_top.burst.course import Statistics
from ollama_top.burst.prompts import prompt
from ollama_top.ollama import jsonic

NS_PER_S = 1e9
TEMPERATURE = 1.0  # below it small models repeat themselves, and Ollama ends an answer that does
DONE = b"[DONE]"


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of a reply."""

    has_text: bool = False
    statistics: Statistics | None = None
    is_last: bool = False
    problem: str | None = None


NOTHING = Piece()


class Dialect(Protocol):
    """How a server is asked."""

    @property
    def path(self) -> str:
        """Where the question goes."""

    def body(self, number: int) -> bytes:
        """The question of one request, by its number."""

    def read(self, line: bytes) -> Piece:
        """What a line of its reply says; a line that is none of this dialect says nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """What each request asks for."""

    model: str
    tokens: int
    prompt_tokens: int
    salt: int  # of this burst

    def prompt(self, number: int) -> str:
        """The prompt of one request."""
        return prompt(self.salt, number, self.prompt_tokens)


@dataclass(frozen=True, slots=True)
class Generate:
    """Ollama's /api/generate, without the model's template, so that all servers are asked the same."""

    work: Work
    options: Mapping[str, Any] = field(default_factory=dict)  # those that the model was loaded with
    path: str = "/api/generate"

    def body(self, number: int) -> bytes:
        """One streamed answer of at most so many tokens."""
        options = {
            **self.options,
            "num_predict": self.work.tokens,
            "seed": number,
            "temperature": TEMPERATURE,
        }
        document = {"model": self.work.model, "prompt": self.work.prompt(number), "raw": True}
        return json.dumps({**document, "stream": True, "options": options}).encode()

    def read(self, line: bytes) -> Piece:
        """One object a line, the last with statistics."""
        return read_ollama(line)


@dataclass(frozen=True, slots=True)
class Embed:
    """Ollama's /api/embed, which answers in one piece."""

    work: Work
    options: Mapping[str, Any] = field(default_factory=dict)
    path: str = "/api/embed"

    def body(self, number: int) -> bytes:
        """One embedding."""
        document = {"model": self.work.model, "input": self.work.prompt(number)}
        return json.dumps({**document, "options": {**self.options}}).encode()

    def read(self, line: bytes) -> Piece:
        """The whole reply."""
        try:
            reply = jsonic.parse_object(line)
        except jsonic.BadReplyError:
            return NOTHING
        if "error" in reply:
            return _refused(reply)
        told = Statistics(
            _seconds(reply, "load_duration"), prompt_tokens=jsonic.count(reply, "prompt_eval_count")
        )
        return Piece(has_text=bool(reply.get("embeddings")), statistics=told, is_last=True)


@dataclass(frozen=True, slots=True)
class Completions:
    """/v1/completions, as TabbyAPI, vLLM, llama-server, LM Studio and others answer it."""

    work: Work
    path: str = "/v1/completions"

    def body(self, number: int) -> bytes:
        """One streamed answer of at most so many tokens."""
        document = {
            "model": self.work.model,
            "prompt": self.work.prompt(number),
            "max_tokens": self.work.tokens,
            "seed": number,
            "temperature": TEMPERATURE,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return json.dumps(document).encode()

    def read(self, line: bytes) -> Piece:
        """One event a line; the number of tokens comes last, where the server tells it."""
        if not line.startswith((b"data:", b"{")):
            return NOTHING
        data = line.removeprefix(b"data:").strip()
        if data == DONE:
            return Piece(is_last=True)
        try:
            event = jsonic.parse_object(data)
        except jsonic.BadReplyError:
            return NOTHING
        if event.get("error"):
            return _refused(event)
        usage = jsonic.member(event, "usage")
        told = (
            Statistics(
                prompt_tokens=jsonic.count(usage, "prompt_tokens"),
                tokens=jsonic.count(usage, "completion_tokens"),
            )
            if usage
            else None
        )
        return Piece(
            has_text=any(each.get("text") for each in jsonic.objects(event, "choices")), statistics=told
        )


def read_ollama(line: bytes) -> Piece:
    """A line of Ollama's own stream."""
    try:
        said = jsonic.parse_object(line)
    except jsonic.BadReplyError:
        return NOTHING
    if "error" in said:
        return _refused(said)
    has_text = bool(said.get("response") or said.get("thinking"))
    if said.get("done") is not True:
        return Piece(has_text=has_text)
    return Piece(has_text=has_text, statistics=_statistics(said), is_last=True)


def _statistics(said: jsonic.Object) -> Statistics | None:
    """None where the last object brings none."""
    decode_s = _seconds(said, "eval_duration")
    if decode_s is None:
        return None
    return Statistics(
        _seconds(said, "load_duration"),
        _seconds(said, "prompt_eval_duration"),
        decode_s,
        jsonic.count(said, "prompt_eval_count"),
        jsonic.count(said, "eval_count"),
    )


def _seconds(said: jsonic.Object, key: str) -> float | None:
    number = jsonic.count(said, key)
    return None if number is None else number / NS_PER_S


def _refused(said: jsonic.Object) -> Piece:
    words = said.get("error")
    inner = jsonic.text(words, "message") if isinstance(words, dict) else words
    return Piece(is_last=True, problem=str(inner or "an error without words"))
