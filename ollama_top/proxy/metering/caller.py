"""The other end of a connection: where it calls from, and what is known of who it is."""

from ollama_top.model.reading import Missing, Reading, Why

Caller = tuple[Reading[str], Reading[int]]
"""Name and pid of a client's process."""

NOT_LOOKED = Missing(Why.PENDING, "nobody has looked yet; that is done once a monitor is connected")
UNKNOWN: Caller = (NOT_LOOKED, NOT_LOOKED)


class Road:
    """One connection to the server, for all exchanges that go over it."""

    __slots__ = ("begins_at",)

    def __init__(self) -> None:
        """Begin before it is dialled."""
        self.begins_at: str | None = None  # address and port; None before the server has taken it


class Client:
    """One client, for as long as its connection or its exchanges are told of."""

    __slots__ = ("caller", "host", "port", "road")

    def __init__(self, host: str, port: int) -> None:
        """Begin with its address; who it is, is found out by whoever has the time."""
        self.host = host
        self.port = port
        self.caller = UNKNOWN
        self.road = Road()

    @property
    def address(self) -> str:
        """Address and port, as they are written."""
        return written(self.host, self.port)


def written(host: str, port: int) -> str:
    """Address and port as one text, an IPv4 address in IPv6 clothes as IPv4."""
    host = host.removeprefix("::ffff:") if "." in host else host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
