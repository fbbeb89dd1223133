"""What is not metered: looks at what is loaded, heartbeats, blobs. Counted by status and bytes, as one."""

from collections import Counter

from ollama_top.proxy.watching import ReplyHead

BAD_GATEWAY = 502


class Passing:
    """One watch for all such exchanges, so that they cost next to nothing."""

    __slots__ = ("answered", "reply_bytes", "request_bytes")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.answered: Counter[int] = Counter()  # by status
        self.request_bytes = self.reply_bytes = 0

    def request_body(self, data: bytes, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """Count."""
        self.request_bytes += len(data)

    def reply(self, head: ReplyHead, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """Count."""
        self.answered[head.status] += 1

    def reply_body(self, data: bytes, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """Count."""
        self.reply_bytes += len(data)

    def upstream_down(self, why: str, at_s: float) -> None:  # noqa: ARG002 - as ExchangeWatch has it
        """The proxy has answered."""
        self.answered[BAD_GATEWAY] += 1

    def request_ended(self, at_s: float) -> None:
        """Nothing to count."""

    def reply_ended(self, at_s: float) -> None:
        """Counted when it began."""

    def client_left(self, at_s: float) -> None:
        """Nothing to count."""

    def upstream_cut(self, at_s: float) -> None:
        """Nothing to count."""

    def opaque(self, why: str, at_s: float) -> None:
        """Nothing to count."""
