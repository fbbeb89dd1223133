"""Answers of Ollama's own API: JSON as Go writes it, and errors as it words them."""

import json
from collections.abc import Mapping

from ollama_top.demo.serve.wire import Answer

JSON = "application/json; charset=utf-8"
NDJSON = "application/x-ndjson"
GO_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class ApiError(Exception):
    """A question that is answered with an error."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


def written(document: Mapping[str, object]) -> bytes:
    """JSON as Go's encoder writes it."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).translate(GO_ESCAPES).encode()


async def say(answer: Answer, status: int, document: Mapping[str, object]) -> None:
    """Answer with one document."""
    await answer.whole(status, written(document), JSON)


async def fail(answer: Answer, status: int, words: str) -> None:
    """Answer with an error, or end a stream under way with one."""
    if answer.status == 0:
        await say(answer, status, {"error": words})
    else:
        await answer.piece(written({"error": words}) + b"\n")
        await answer.end()


def parse(body: bytes) -> Mapping[str, object]:
    """The object in a question's body; raises ApiError in the words of Go's decoder."""
    if not body.strip():
        raise ApiError(400, "missing request body")
    try:
        document = json.loads(body)
    except json.JSONDecodeError as error:
        raise ApiError(400, _go_words(error)) from None
    except UnicodeDecodeError:
        raise ApiError(400, "invalid character '\\u00ff' looking for beginning of value") from None
    if not isinstance(document, dict):
        raise ApiError(400, "json: cannot unmarshal a value into Go value of type api.GenerateRequest")
    return document


def _go_words(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "unexpected EOF"
    wanted = "object key string" if "property name" in error.msg else "value"
    return f"invalid character {error.doc[error.pos]!r} looking for beginning of {wanted}"
