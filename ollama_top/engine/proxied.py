"""What passes to one server through proxies that are known, and over which of its connections. Pure."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache

from ollama_top.model.exchange import MANAGEMENT, Exchange
from ollama_top.model.light import Light, LightState
from ollama_top.model.proxy import Proxy, SilentProxy
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.tapped import GONE, Tapped
from ollama_top.ollama.cloud import is_cloud
from ollama_top.ollama.host import parse_target
from ollama_top.sources.clients import Client
from ollama_top.sources.inet_diag import Endpoint, Socket

NAME = Source.PROXY.value
NO_PROXY = "no proxy that is known stands before this server; `ollama-top proxy` starts one"
TOLD_MS = 500  # so long after its last byte a request has been told of by its proxy


@dataclass(frozen=True, slots=True)
class Proxied:
    """The proxies before one server, and what asks a model to work there."""

    taps: tuple[Tapped, ...] = ()
    inference: tuple[Exchange, ...] = ()  # under way; the oldest first
    by_end: Mapping[str, Exchange] = field(default_factory=dict)  # by where the proxy calls the server from
    managing: frozenset[str] = frozenset()  # the ends of pulls and their like

    @property
    def telling(self) -> tuple[Proxy, ...]:
        """The proxies whose feeds are read."""
        return tuple(each.proxy for each in self.taps if each.proxy is not None and each.problem is None)

    @property
    def silent(self) -> tuple[SilentProxy, ...]:
        """Those of which nothing is known now; one that is gone is none of them."""
        return tuple(
            SilentProxy(each.proxy.listen, each.problem)
            for each in self.taps
            if each.proxy is not None and each.problem is not None and each.problem != GONE
        )

    @property
    def remembered(self) -> tuple[Exchange, ...]:
        """All exchanges that are known of, under way or ended."""
        under_way = (each for tap in self.taps if tap.problem is None for each in tap.running)
        return (*(each for tap in self.taps for each in tap.finished), *under_way)

    def no_inference(self, served: Iterable[Socket], clients: Mapping[Endpoint, Client]) -> set[Endpoint]:
        """Ends of the server's connections that are at rest, of which a proxy knows that they carry none.

        One that waits for its reply may carry what the proxy does not know, and is left to be doubted.
        """
        pids = {each.pid for each in self.telling if not each.opaque}
        held = {end for end, each in clients.items() if value_or(each.pid, None) in pids}
        return {
            each.remote
            for each in served
            if each.remote in held and (_is_at_rest(each) or str(each.remote) in self.managing)
            if str(each.remote) not in self.by_end
        }

    def known(self, sockets: Iterable[Socket]) -> frozenset[int]:
        """The connections, by cookie, that are known to ask a model of this server to work."""
        ours = {end for end, each in self.by_end.items() if not is_cloud(value_or(each.model, ""))}
        return frozenset(each.cookie for each in sockets if ours and str(each.remote) in ours)


def proxied(taps: Sequence[Tapped], url: str, aliases: Set[str] = frozenset()) -> Proxied:
    """What is known of the proxies before the server at `url`, which they may call by other addresses too."""
    before = tuple(
        each
        for each in taps
        if each.proxy is not None and (each.proxy.upstream in aliases or _is_same(each.proxy.upstream, url))
    )
    running = [each for tap in before if tap.problem is None for each in tap.running]
    inference = [each for each in running if each.route not in MANAGEMENT]
    if len(before) > 1:  # within one they stand in their order, which no change of the clock turns round
        inference.sort(key=lambda each: each.began_at)
    placed = reversed([each for each in inference if end_of(each)])
    by_end = {end_of(each): each for each in placed}  # of several on one the oldest is being answered
    managing = {end_of(each) for each in running if each.route in MANAGEMENT}
    return Proxied(before, tuple(inference), by_end, frozenset(managing - {""}))


def tap_light(taps: Sequence[Tapped], url: str, aliases: Set[str] = frozenset()) -> Light:
    """How the feeds are doing; what has not said a word yet may be of any server."""
    told = proxied(taps, url, aliases).taps
    if problems := _problems(told):
        return Light(NAME, LightState.FAILED, None, None, problems)
    if told:
        return Light(NAME, LightState.OK, 0.0, None, None)
    mute = [each for each in taps if each.proxy is None and (each.is_named or each.problem != GONE)]
    if problems := _problems(mute):
        return Light(NAME, LightState.LIMITED, None, None, problems)
    return Light(NAME, LightState.ABSENT, None, None, NO_PROXY)


def _problems(taps: Iterable[Tapped]) -> str:
    return "; ".join(f"{each.path}: {each.problem}" for each in taps if each.problem is not None)


def _is_at_rest(socket: Socket) -> bool:
    """Whether its last reply came after its last request, of which a proxy would have told by now."""
    return socket.last_sent_ms <= socket.last_received_ms and socket.last_received_ms > TOLD_MS


def end_of(exchange: Exchange) -> str:
    """Where the server sees it come from; nothing while the proxy has not called the server."""
    return exchange.upstream_address.value if isinstance(exchange.upstream_address, Known) else ""


@cache
def _is_same(one: str, other: str) -> bool:
    """Whether two addresses mean the same server; all names of this machine's loopback do."""
    try:
        ours, theirs = parse_target(one), parse_target(other)
    except ValueError:
        return False
    is_here = ours.is_loopback and theirs.is_loopback
    return ours.port == theirs.port and (is_here or ours.host.casefold() == theirs.host.casefold())
