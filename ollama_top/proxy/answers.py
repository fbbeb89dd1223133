"""The few replies that are the relay's own: JSON with an `error`, as Ollama's are; each ends a connection."""

import json
from http import HTTPStatus

SIGNED = "ollama-top proxy"


def answer(status: HTTPStatus, why: str, *, to_head: bool = False) -> bytes:
    """A whole reply that says why; one to HEAD has no body."""
    body = json.dumps({"error": f"{SIGNED}: {why}"}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"Server: {SIGNED.replace(' ', '-')}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + (b"" if to_head else body)
