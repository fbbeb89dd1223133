"""Whoever watches nothing: what the relay tells where nobody wants to know."""

from ollama_top.proxy.watching import ConnectionWatch, ExchangeWatch, ReplyHead, RequestHead


class UnwatchedExchange:
    """Takes every word, and keeps none."""

    __slots__ = ()

    def request_body(self, data: bytes, at_s: float) -> None:
        """Nothing."""

    def request_ended(self, at_s: float) -> None:
        """Nothing."""

    def reply(self, head: ReplyHead, at_s: float) -> None:
        """Nothing."""

    def reply_body(self, data: bytes, at_s: float) -> None:
        """Nothing."""

    def reply_ended(self, at_s: float) -> None:
        """Nothing."""

    def client_left(self, at_s: float) -> None:
        """Nothing."""

    def upstream_cut(self, at_s: float) -> None:
        """Nothing."""

    def upstream_down(self, why: str, at_s: float) -> None:
        """Nothing."""

    def opaque(self, why: str, at_s: float) -> None:
        """Nothing."""


class UnwatchedConnection:
    """Gives every exchange to the one that keeps nothing."""

    __slots__ = ()

    def dialled(self, own: tuple[str, int], at_s: float) -> None:
        """Nothing."""

    def hung_up(self, at_s: float) -> None:
        """Nothing."""

    def exchange(self, head: RequestHead, at_s: float) -> ExchangeWatch:  # noqa: ARG002 - as declared
        """The one for all."""
        return _EXCHANGE

    def opaque(self, why: str, at_s: float) -> None:
        """Nothing."""

    def closed(self, at_s: float) -> None:
        """Nothing."""


class Unwatched:
    """A Watch for a relay that only moves bytes."""

    __slots__ = ()

    def opened(self, client: tuple[str, int], at_s: float) -> ConnectionWatch:  # noqa: ARG002 - as declared
        """The one for all."""
        return _CONNECTION


_EXCHANGE = UnwatchedExchange()
_CONNECTION = UnwatchedConnection()
