"""Exchanges as they may pass, made up from a seed: what goes each way, and what is in it."""

from dataclasses import dataclass
from random import Random

METHODS = ("GET", "POST", "POST", "HEAD", "DELETE", "PUT", "OPTIONS")
STATUSES = (200, 200, 200, 201, 400, 404, 500, 503)
NAMES = ("User-Agent", "x-own", "ACCEPT", "Via", "Authorization")
VALUES = ("a", "", "with blanks  inside", 'q="1"; x', "caf\xe9", "*/*", "0")


@dataclass(frozen=True)
class Exchange:
    """The bytes of a request and of its reply, interim replies included, and what they hold."""

    method: str
    request: bytes
    request_body: bytes
    reply: bytes
    status: int
    reply_body: bytes
    ends_connection: bool


def made_up(random: Random, *, is_last: bool) -> Exchange:
    method = random.choice(METHODS)
    request_body = content(random) if method in {"POST", "PUT", "DELETE"} else b""
    line = f"{method} {random.choice(['/', '/api/chat?x=1', '*', '/%20'])} HTTP/1.1"
    fields, coded = framed(random, request_body, is_request=True)
    expects = ["Expect: 100-continue"] if request_body and random.random() < 0.2 else []
    request = head(random, line, ["Host: localhost:11434", *fields, *expects]) + coded
    interim = b"HTTP/1.1 100 Continue\r\n\r\n" if expects else b""
    if random.random() < 0.1:
        interim += b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    status, reply, reply_body, ends = reply_made_up(random, method, is_last=is_last)
    return Exchange(method, request, request_body, interim + reply, status, reply_body, ends)


def reply_made_up(random: Random, method: str, *, is_last: bool) -> tuple[int, bytes, bytes, bool]:
    if random.random() < 0.15:
        status = random.choice([204, 304])
        return status, head(random, f"HTTP/1.1 {status} x", []), b"", False
    status, body = random.choice(STATUSES), content(random)
    if is_last and method != "HEAD" and random.random() < 0.3:
        line = f"HTTP/1.{random.choice('01')} {status} OK"
        return status, head(random, line, ["Connection: close"]) + body, body, True
    fields, coded = framed(random, body, is_request=False)
    whole = head(random, f"HTTP/1.1 {status} Some Reason", fields)
    return (status, whole, b"", False) if method == "HEAD" else (status, whole + coded, body, False)


def head(random: Random, line: str, fields: list[str]) -> bytes:
    others = [
        f"{random.choice(NAMES)}:{random.choice(['', ' ', '  '])}{random.choice(VALUES)}"
        for _ in range(random.randrange(4))
    ]
    lines = [*fields, *others]
    random.shuffle(lines)
    return "".join(f"{each}\r\n" for each in [line, *lines, ""]).encode("latin-1")


def framed(random: Random, body: bytes, *, is_request: bool) -> tuple[list[str], bytes]:
    """The fields that tell how long a body is, and the body as it is sent."""
    if random.random() < 0.5:
        return ["Transfer-Encoding: chunked"], chunked(random, body)
    if is_request and not body and random.random() < 0.7:
        return [], b""
    return [f"content-length: {len(body)}"], body


def chunked(random: Random, body: bytes) -> bytes:
    sent = b""
    while body:
        size = random.randrange(1, len(body) + 1)
        extension = random.choice([b"", b"", b";x", b';a="b c"', b"; q=1"])
        size_text = random.choice(["%x", "%X", "0%x"]) % size
        sent += size_text.encode() + extension + b"\r\n" + body[:size] + b"\r\n"
        body = body[size:]
    trailer = random.choice([b"", b"", b"X-Sum: 1\r\n", b"a: b\r\nc:\r\n"])
    return sent + b"0\r\n" + trailer + b"\r\n"


def content(random: Random) -> bytes:
    """Bytes that look like heads and chunks now and then."""
    size = random.choice([0, 1, 2, 10, 300])
    return random.choice([random.randbytes(size), b"\r\n\r\n0\r\n\r\n"[:size], b"\n" * size])


def pieces(random: Random, data: bytes) -> list[bytes]:
    """The same bytes in pieces of random sizes."""
    most = random.choice([1, 2, 5, 50, 10_000])
    cut: list[bytes] = []
    while data:
        size = random.randrange(1, most + 1)
        cut.append(data[:size])
        data = data[size:]
    return cut
