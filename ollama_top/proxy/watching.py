"""What the relay tells whoever watches a connection: one exchange after the other, beside the bytes.

The watcher is told after the bytes are on their way, and has no say in them. Every `at_s` is
`time.monotonic()`, which on Linux all processes of one boot share.
"""

from dataclasses import dataclass
from typing import Protocol

Fields = tuple[tuple[bytes, bytes], ...]
"""Header fields as sent: names in their own case, values without the blanks around them."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The first line of a request, and its fields."""

    method: str
    target: str  # as sent, as Latin-1
    fields: Fields

    def field(self, name: bytes) -> bytes | None:
        """The first field of that name, which is given in lower case; None without one."""
        return first_field(self.fields, name)


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """The first line of a final reply, and its fields."""

    status: int
    fields: Fields
    is_old: bool = False  # of HTTP/1.0

    def field(self, name: bytes) -> bytes | None:
        """The first field of that name, which is given in lower case; None without one."""
        return first_field(self.fields, name)

    @property
    def is_last(self) -> bool:
        """Whether the server says that it closes the connection behind this reply."""
        said = (self.field(b"connection") or b"").lower()
        return b"keep-alive" not in said if self.is_old else b"close" in said


class ExchangeWatch(Protocol):
    """Is told of one request and its reply. An early reply may come before the request has ended."""

    def request_body(self, data: bytes, at_s: float) -> None:
        """A piece of the request's content, freed from its transfer coding."""

    def request_ended(self, at_s: float) -> None:
        """The request is complete."""

    def reply(self, head: ReplyHead, at_s: float) -> None:
        """The head of the final reply; what comes before it, such as 100 Continue, is not told."""

    def reply_body(self, data: bytes, at_s: float) -> None:
        """A piece of the reply's content, freed from its transfer coding, as it came in."""

    def reply_ended(self, at_s: float) -> None:
        """The reply is complete; nothing comes after this."""

    def client_left(self, at_s: float) -> None:
        """The client was gone before the reply was complete; nothing comes after this."""

    def upstream_cut(self, at_s: float) -> None:
        """The server closed or reset before the reply was complete; nothing comes after this."""

    def upstream_down(self, why: str, at_s: float) -> None:
        """The server could not be reached, and the relay has answered 502; nothing comes after this."""

    def opaque(self, why: str, at_s: float) -> None:
        """From here on the bytes cannot be read, and go on unseen; nothing comes after this."""


class ConnectionWatch(Protocol):
    """Is told of the exchanges of one connection."""

    def dialled(self, own: tuple[str, int], at_s: float) -> None:
        """The server took the connection that all this goes on to, which comes from that address and port."""

    def hung_up(self, at_s: float) -> None:
        """The connection to the server is gone; an exchange that begins later goes on over another."""

    def exchange(self, head: RequestHead, at_s: float) -> ExchangeWatch:
        """A request begins."""

    def opaque(self, why: str, at_s: float) -> None:
        """The connection can no longer be read: its running exchanges were told, and no more will come."""

    def closed(self, at_s: float) -> None:
        """The connection is gone, on both sides."""


class Watch(Protocol):
    """Is told of every connection of a relay."""

    def opened(self, client: tuple[str, int], at_s: float) -> ConnectionWatch:
        """A client connected, from that address and port."""


def first_field(fields: Fields, name: bytes) -> bytes | None:
    """The value of the first field whose name is `name`, given in lower case; None without one."""
    return next((value for own, value in fields if own.lower() == name), None)
