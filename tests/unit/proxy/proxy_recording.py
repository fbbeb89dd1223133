"""A server that answers each path with fixed bytes, and keeps all that it was sent.

The answers have the form of Ollama 0.33's for its three dialects, written after its source.
"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHAT = [
    {
        "model": "m",
        "created_at": "2026-11-25T01:00:00Z",
        "message": {"role": "assistant", "content": each},
        "done": False,
    }
    for each in ("yes", " and", " no")
]
CHAT_END = CHAT[0] | {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop",
                      "total_duration": 9, "load_duration": 1, "prompt_eval_count": 3,
                      "prompt_eval_duration": 2, "eval_count": 3, "eval_duration": 4}  # fmt: skip
PIECE = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
PIECES = [
    PIECE
    | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": each}, "finish_reason": None}]}
    for each in ("yes", " no")
]
MESSAGE = {"id": "m-1", "type": "message", "role": "assistant", "model": "m", "content": [],
           "stop_reason": None, "stop_sequence": None,
           "usage": {"input_tokens": 3, "output_tokens": 0}}  # fmt: skip
EVENTS = [
    {"type": "message_start", "message": MESSAGE},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "yes"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 2},
    },
    {"type": "message_stop"},
]


def lines(values: list[dict[str, object]]) -> list[bytes]:
    return [json.dumps(each).encode() + b"\n" for each in values]


def events(values: list[dict[str, object]], *, named: bool) -> list[bytes]:
    name = (lambda each: b"event: %b\n" % str(each["type"]).encode()) if named else (lambda _: b"")
    return [name(each) + b"data: " + json.dumps(each).encode() + b"\n\n" for each in values]


STREAMS = {
    "/api/chat": ("application/x-ndjson", lines([*CHAT, CHAT_END])),
    "/v1/chat/completions": ("text/event-stream", [*events(PIECES, named=False), b"data: [DONE]\n\n"]),
    "/v1/messages": ("text/event-stream", events(EVENTS, named=True)),
}
WHOLES = {
    "/api/tags": {"models": []},
    "/api/embed": {"model": "m", "embeddings": [[0.5, 0.25]],
                   "total_duration": 1, "load_duration": 1, "prompt_eval_count": 1},
    "/api/chat": CHAT_END,
    "/v1/chat/completions": PIECE | {"object": "chat.completion", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "yes"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}},
    "/v1/messages": MESSAGE | {"content": [{"type": "text", "text": "yes"}], "stop_reason": "end_turn"},
}  # fmt: skip


class Recording:
    """Where it listens, and what it was sent, by connection."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.got: list[bytearray] = []

    def serve(self) -> None:
        while True:
            try:
                own, _ = self._socket.accept()
            except OSError:
                return
            self.got.append(bytearray())
            threading.Thread(target=self._answer, args=(own, self.got[-1]), daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _answer(self, own: socket.socket, got: bytearray) -> None:
        data = b""
        with own:
            while piece := own.recv(65536):
                got += piece
                data += piece
                head, end, body = data.partition(b"\r\n\r\n")
                if end and len(body) >= length_of(head):
                    data = b""
                    for each in reply(head.split()[1].decode().partition("?")[0], body):
                        own.sendall(each)


def length_of(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


def reply(path: str, body: bytes) -> Iterator[bytes]:
    """Piece by piece, as it is sent."""
    is_streamed = b'"stream":true' in body.replace(b" ", b"") and path in STREAMS
    if is_streamed:
        kind, pieces = STREAMS[path]
        yield f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        for each in pieces:
            yield b"%x\r\n%b\r\n" % (len(each), each)
        yield b"0\r\n\r\n"
        return
    whole = json.dumps(WHOLES.get(path, {"error": "model 'x' not found"})).encode()
    status = "200 OK" if path in WHOLES else "404 Not Found"
    fields = f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(whole)}"
    yield f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + whole


@contextmanager
def recording() -> Iterator[Recording]:
    made = Recording()
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:  # a thread that still accepts keeps the whole run from ending
        made.close()
        thread.join()
