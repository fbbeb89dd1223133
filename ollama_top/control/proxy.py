"""Starting and stopping a proxy before the server: what each costs, and how it shows."""

from ollama_top.control.deed import Deed, Outcome, Plan
from ollama_top.model.action import StartProxy, StopProxy
from ollama_top.model.frame import Frame
from ollama_top.model.proxy import Proxy
from ollama_top.model.verdict import Severity

LISTEN = "127.0.0.1:11435"
START_LIMIT_S = 15.0
STOP_LIMIT_S = 60.0  # what runs through it may go on for a while


def to_start(frame: Frame) -> Plan:
    """To put a proxy before the server of a Frame."""
    upstream = frame.snapshot.server.url
    costs = (
        f"A process of its own passes every byte on between {LISTEN} and {upstream}, unchanged.",
        f"Requests to http://{LISTEN} are seen exactly: who asks what model, and how long it takes.",
        "Clients that call the server itself go on as before, seen as before.",
        "Nothing of the server is changed. No prompt and no answer is kept.",
        "It goes on when ollama-top ends; x stops it.",
    )
    return Plan(StartProxy(LISTEN, upstream), f"Start a proxy at {LISTEN}?", costs, "Start it.")


def to_stop(proxy: Proxy) -> Plan:
    """To stop a proxy."""
    running = f"{proxy.running} under way" if proxy.running else "none is under way now"
    costs = (
        f"It takes no more clients at {proxy.listen}: those that call it there are refused.",
        f"Requests through it are let go on to their end, for half a minute at most ({running}).",
        f"The server at {proxy.upstream} is not touched.",
    )
    return Plan(StopProxy(proxy.listen), f"Stop the proxy at {proxy.listen}?", costs, "Stop it.")


def stoppable(frame: Frame) -> tuple[Proxy, ...]:
    """The proxies that can be told to stop."""
    return tuple(each for each in frame.snapshot.proxies if not each.stopping)


def _started(action: StartProxy, _: Frame, now: Frame) -> Outcome | None:
    if all(each.listen != action.listen for each in stoppable(now)):
        return None
    return Outcome(
        Severity.OK, f"The proxy is there: point clients at http://{action.listen}; t shows what passes."
    )


def _stopped(action: StopProxy, _: Frame, now: Frame) -> Outcome | None:
    """A feed that is only silent proves nothing; one that was stopped is found no more."""
    left = {each.listen for each in now.snapshot.proxies} | {
        each.listen for each in now.snapshot.silent_proxies
    }
    return (
        None if action.listen in left else Outcome(Severity.OK, f"The proxy at {action.listen} has stopped.")
    )


START_PROXY = Deed(
    asking=lambda action: f"starting a proxy at {action.listen}",
    taken=lambda action: f"the proxy at {action.listen} has started",
    seen=_started,
    limit_s=START_LIMIT_S,
    unseen=lambda action: f"The proxy at {action.listen} has started, and its feed is not seen.",
    failed=lambda action: f"no proxy was started at {action.listen}",
)
STOP_PROXY = Deed(
    asking=lambda action: f"stopping the proxy at {action.listen}",
    taken=lambda action: f"the proxy at {action.listen} lets go what runs, and stops",
    seen=_stopped,
    limit_s=STOP_LIMIT_S,
    unseen=lambda action: f"The proxy at {action.listen} was told to stop, and nothing shows that it has.",
    failed=lambda action: f"the proxy at {action.listen} was not stopped",
    left="It goes on.",
)
