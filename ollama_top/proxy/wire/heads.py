"""Heads of requests and replies, and how long the message behind them is.

Stricter than a server has to be: what two servers could read in different ways is a doubt.
"""

import re

from ollama_top.proxy.watching import Fields, ReplyHead, RequestHead
from ollama_top.proxy.wire.body import Body, Chunked, Sized, UntilClose
from ollama_top.proxy.wire.doubt import DoubtError

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]"
_REQUEST = re.compile(rb"(" + _TOKEN + rb"{1,32}) ([!-~\x80-\xff]+) HTTP/1\.([01])")
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: [^\r\n]*)?")
_FIELD = re.compile(rb"\r\n(" + _TOKEN + rb"+):[ \t]*((?:[^\r\n]*[^\r\n \t])?)")
_SIZE = re.compile(rb"[0-9]{1,18}")
BARE_END = re.compile(rb"\r(?=[^\n])|(?<!\r)\n")
"""A line that ends as no line of HTTP/1 does, and as some servers take for one."""


def request_of(head: bytes) -> tuple[RequestHead, Body | None]:
    """The head of a request, given without its empty line, and its body; raises DoubtError."""
    line, fields = _parts(head)
    found = _REQUEST.fullmatch(line)
    if found is None:
        raise DoubtError("the first line of a request is none of HTTP/1")
    method, target, minor = found.groups()
    if method == b"CONNECT":
        raise DoubtError("the client asks for a tunnel")
    parsed = RequestHead(method.decode("ascii"), target.decode("latin-1"), fields)
    return parsed, _framing(fields, minor)


def reply_of(head: bytes, *, is_to_head: bool) -> tuple[ReplyHead, Body | None]:
    """The head of a reply, given without its empty line, and its body; raises DoubtError.

    `is_to_head` tells that HEAD was asked for: then no body follows, whatever the fields say.
    """
    line, fields = _parts(head)
    found = _STATUS.fullmatch(line)
    if found is None:
        raise DoubtError("the first line of a reply is none of HTTP/1")
    status = int(found[2])
    if status == 101:
        raise DoubtError("the server switched to another protocol")
    parsed = ReplyHead(status, fields, is_old=found[1] == b"0")
    body = _framing(fields, found[1])
    if is_to_head or status < 200 or status in (204, 304):
        return parsed, None
    return parsed, body if body is not None or _is_sized(fields) else UntilClose()


def _parts(head: bytes) -> tuple[bytes, Fields]:
    """The first line, and the fields; there must be nothing else."""
    line, _, _ = head.partition(b"\r\n")
    found = _FIELD.findall(head, len(line))
    ends = head.count(b"\r\n")
    if len(found) != ends or head.count(b"\n") != ends or head.count(b"\r") != ends or b"\0" in head:
        raise DoubtError("a line of a head is no field")
    return line, tuple(found)


def _framing(fields: Fields, minor: bytes) -> Body | None:
    """The body that the fields promise; None for an empty one and where they say nothing."""
    size = coding = None
    for name, value in fields:
        length = len(name)  # most fields are neither, and a length is quickly told
        if length == 14 and name.lower() == b"content-length":
            size = _once(size, value)
        elif length == 17 and name.lower() == b"transfer-encoding":
            coding = _once(coding, value)
    if coding is not None:
        return _coded(coding, size, minor)
    if size is None:
        return None
    if _SIZE.fullmatch(size) is None:
        raise DoubtError("the length of a message is no number")
    return Sized(int(size)) if int(size) else None


def _once(had: bytes | None, value: bytes) -> bytes:
    if had is not None:
        raise DoubtError("a head tells twice how long its message is")
    return value


def _coded(coding: bytes, size: bytes | None, minor: bytes) -> Body:
    if size is not None:
        raise DoubtError("a head names a length and a transfer coding")
    if minor == b"0":
        raise DoubtError("a message of HTTP/1.0 has a transfer coding")
    if coding.lower() != b"chunked":
        raise DoubtError("the transfer coding is not chunked")
    return Chunked()


def _is_sized(fields: Fields) -> bool:
    return any(len(name) == 14 and name.lower() == b"content-length" for name, _ in fields)
