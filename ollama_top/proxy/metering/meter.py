"""The watch of a whole proxy: which exchanges run, which have ended, how many connections there are.

Must never hold up the relay: it is called between two pieces of bytes. What is told of an exchange is worked
out when somebody asks.
"""

from collections import deque
from collections.abc import Callable
from urllib.parse import unquote

from ollama_top.model.exchange import ENDED, Phase
from ollama_top.proxy.dialects import RULES
from ollama_top.proxy.dialects.told import Rule
from ollama_top.proxy.metering.caller import Client, Road, written
from ollama_top.proxy.metering.metered import Metered
from ollama_top.proxy.metering.passing import Passing
from ollama_top.proxy.watching import ConnectionWatch, ExchangeWatch, RequestHead

MOST_FINISHED = 300

BY_PATH: dict[str, Rule] = {route.value: rule for route, rule in RULES.items()}

Listener = Callable[[Metered], None]
"""Is told of an exchange that has begun, whose answer begins, or that has ended."""


class Meter:
    """The Watch of one relay."""

    def __init__(self) -> None:
        """Begin with nothing open."""
        self.running: dict[int, Metered] = {}
        self.finished: deque[Metered] = deque(maxlen=MOST_FINISHED)  # the newest last
        self.connections: set[Connection] = set()
        self.opaque_total = 0
        self.passing = Passing()
        self.listeners: list[Listener] = []
        self._begun = 0
        self._ended = 0

    @property
    def exchanges_total(self) -> int:
        """Exchanges that ended, those that are not metered too."""
        return self._ended + self.passing.answered.total()

    @property
    def opaque(self) -> int:
        """Open connections that cannot be read."""
        return sum(each.is_opaque for each in self.connections)

    @property
    def waiting(self) -> int:
        """Running exchanges of which nothing of the answer has come."""
        return sum(each.phase is Phase.WAITING for each in self.running.values())

    def opened(self, client: tuple[str, int], at_s: float) -> ConnectionWatch:  # noqa: ARG002 - as Watch has it
        """A client connected."""
        connection = Connection(self, Client(*client))
        self.connections.add(connection)
        return connection

    def begin(self, client: Client, head: RequestHead, at_s: float) -> ExchangeWatch:
        """A request begins: a metered one, or another."""
        rule = BY_PATH.get(path_of(head.target)) if head.method == "POST" else None
        if rule is None:
            return self.passing
        self._begun += 1
        begun = Metered(self._begun, client, rule, head, at_s, self._changed)
        self.running[begun.number] = begun
        self._tell(begun)
        return begun

    def tell_anew(self, exchange: ExchangeWatch | None) -> None:
        """More is known of an exchange, if it is one that runs."""
        if isinstance(exchange, Metered) and exchange.number in self.running:
            self._tell(exchange)

    def _changed(self, seen: Metered) -> None:
        if seen.phase in ENDED:
            self.running.pop(seen.number, None)
            self.finished.append(seen)
            self._ended += 1
        self._tell(seen)

    def _tell(self, seen: Metered) -> None:
        for listener in self.listeners:
            listener(seen)


def path_of(target: str) -> str:
    """The path of a request's target, as the server reads it: with a host before it, escaped, or plain."""
    path = target.partition("?")[0]
    if "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    return unquote(path) if "%" in path else path


class Connection:
    """The watch of one connection."""

    __slots__ = ("_last", "_meter", "client", "is_opaque")

    def __init__(self, meter: Meter, client: Client) -> None:
        """Begin with the other end of it."""
        self._meter = meter
        self.client = client
        self.is_opaque = False
        self._last: ExchangeWatch | None = None

    def dialled(self, own: tuple[str, int], at_s: float) -> None:  # noqa: ARG002 - as ConnectionWatch has it
        """The server is called for this client."""
        self.client.road.begins_at = written(*own)
        self._meter.tell_anew(self._last)

    def hung_up(self, at_s: float) -> None:  # noqa: ARG002 - as ConnectionWatch has it
        """What comes later goes over another connection."""
        if self.client.road.begins_at is not None:
            self.client.road = Road()

    def exchange(self, head: RequestHead, at_s: float) -> ExchangeWatch:
        """A request begins."""
        self._last = self._meter.begin(self.client, head, at_s)
        return self._last

    def opaque(self, why: str, at_s: float) -> None:  # noqa: ARG002 - as ConnectionWatch has it
        """It can no longer be read."""
        self.is_opaque = True
        self._meter.opaque_total += 1

    def closed(self, at_s: float) -> None:  # noqa: ARG002 - as ConnectionWatch has it
        """It is gone."""
        self._meter.connections.discard(self)
