"""What passes to one server through proxies that are known, and over which of its connections. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ollama_top.model.exchange import MANAGEMENT, Exchange
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.tapped import Tapped
from ollama_top.ollama.host import parse_target
from ollama_top.sources.clients import Client
from ollama_top.sources.inet_diag import Endpoint, Socket

NAME = Source.PROXY.value
NO_PROXY = "no proxy stands before this server; `ollama-top proxy` starts one"
TOLD_MS = 500  # so long after its last byte a request has been told of by its proxy


@dataclass(frozen=True, slots=True)
class Proxied:
    """The proxies before one server, and what asks a model to work there."""

    taps: tuple[Tapped, ...] = ()
    inference: tuple[Exchange, ...] = ()  # under way; the oldest first
    by_end: Mapping[str, Exchange] = field(default_factory=dict)  # by where the proxy calls the server from

    @property
    def remembered(self) -> tuple[Exchange, ...]:
        """All exchanges that are known of, under way or ended."""
        return tuple(each for tap in self.taps for each in (*tap.finished, *tap.running))

    def no_inference(self, served: Iterable[Socket], clients: Mapping[Endpoint, Client]) -> set[Endpoint]:
        """Ends of the server's connections of which a proxy knows that they carry no inference."""
        pids = {each.proxy.pid for each in self.taps if each.proxy is not None and each.problem is None}
        held = {end for end, each in clients.items() if value_or(each.pid, None) in pids}
        return {
            each.remote
            for each in served
            if each.remote in held and each.last_received_ms > TOLD_MS and str(each.remote) not in self.by_end
        }

    def known(self, sockets: Iterable[Socket]) -> frozenset[int]:
        """The connections, by cookie, that are known to carry inference."""
        return frozenset(each.cookie for each in sockets if self.by_end and str(each.remote) in self.by_end)


def proxied(taps: Sequence[Tapped], url: str) -> Proxied:
    """What is known of the proxies before the server at `url`."""
    before = tuple(each for each in taps if each.proxy is not None and _is_same(each.proxy.upstream, url))
    running = [each for tap in before if tap.problem is None for each in tap.running]
    inference = sorted(
        (each for each in running if each.route not in MANAGEMENT), key=lambda each: each.began_at
    )
    return Proxied(before, tuple(inference), {end_of(each): each for each in inference if end_of(each)})


def tap_light(taps: Sequence[Tapped], url: str) -> Light:
    """How the feeds are doing; what has not said a word yet may be of any server."""
    told = proxied(taps, url).taps
    problems = [f"{each.path}: {each.problem}" for each in (*told, *_mute(taps)) if each.problem is not None]
    if problems:
        return Light(NAME, LightState.FAILED, None, None, "; ".join(problems))
    if told:
        return Light(NAME, LightState.OK, 0.0, None, None)
    return Light(NAME, LightState.ABSENT, None, None, NO_PROXY)


def _mute(taps: Sequence[Tapped]) -> Iterable[Tapped]:
    return (each for each in taps if each.proxy is None)


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
