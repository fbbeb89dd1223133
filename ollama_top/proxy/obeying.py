"""What readers of the feed have the relay do, and for whom it holds.

Must never leave clients waiting for a reader that is gone, nor pass them on to a server that only some
reader says is theirs.
"""

import ipaddress
from collections.abc import Sequence

from ollama_top.listening.addresses import Listen, is_own_address, is_served_by
from ollama_top.model.proxy import Held, Unheld
from ollama_top.ollama.host import Target
from ollama_top.proxy.feed.orders import Asker, Hold, Order, OrderError, Release, Stop
from ollama_top.proxy.relay import Relay


class Obeying:
    """Carries out orders for one relay."""

    def __init__(self, relay: Relay, listens: Sequence[Listen]) -> None:
        """Prepare; `listens` is where the relay's clients come."""
        self._relay = relay
        self._listens = tuple(listens)
        self._asker: Asker | None = None

    def obey(self, order: Order, asker: Asker) -> Held:
        """Do what is asked, and tell how the hold stands then; raises OrderError."""
        match order:
            case Hold(bound_s):
                self._refuse_another(asker)
                self._asker = asker
                self._relay.hold.hold(bound_s)
            case Release(upstream):
                self._refuse_another(asker)
                self._release(upstream, asker)
            case Stop():
                _refuse_others(asker, "may stop it")
                self._relay.asked_to_stop.set()
        return self._held()

    def left(self, asker: Asker) -> None:
        """A reader is gone; if it held, nobody would release."""
        if asker is self._holder:
            self._relay.hold.release()

    @property
    def _holder(self) -> Asker | None:
        """Who holds; None once the time for it has passed."""
        return self._asker if self._relay.hold.is_holding else None

    def _refuse_another(self, asker: Asker) -> None:
        holder = self._holder
        if holder is None or holder is asker:
            return
        who = "a process that cannot be seen" if holder.pid is None else f"process {holder.pid}"
        left_s = self._relay.hold.left_s or 0.0
        raise OrderError(f"{who} holds requests back already, for {left_s:.0f} s more at most")

    def _release(self, upstream: Target | None, asker: Asker) -> None:
        if upstream is not None and upstream != self._relay.upstream:
            _refuse_others(asker, "may name another address of the server")
            self._check(upstream)
            self._relay.turn_to(upstream)
        self._relay.hold.release()

    def _check(self, upstream: Target) -> None:
        """Raises OrderError for what cannot be the same server at another address."""
        if upstream.scheme != "http" or upstream.path:
            raise OrderError(f"{upstream.url}: the server must speak plain http without a path")
        if not self._is_near(upstream):
            now = self._relay.upstream.url
            raise OrderError(f"{upstream.url} is on another machine than {now}: another proxy can call it")
        ports = {each.port for each in self._listens}
        if upstream.port in ports and is_served_by(upstream, self._listens):
            raise OrderError(f"{upstream.url} is this proxy's own address")

    def _is_near(self, upstream: Target) -> bool:
        """Whether a target is on this machine, or has the host of the present one."""
        return _is_here(upstream) or upstream.host.casefold() == self._relay.upstream.host.casefold()

    def _held(self) -> Held:
        standing, holder = self._relay.hold.standing, self._holder
        return Held(
            holding=standing.is_holding,
            running=standing.running,
            held=standing.held,
            unheld=tuple(Unheld(str(Listen(*each.client)), each.why) for each in standing.unheld),
            holder_pid=None if holder is None else holder.pid,
            left_s=self._relay.hold.left_s,
        )


def _is_here(target: Target) -> bool:
    if target.is_loopback:
        return True
    try:
        return is_own_address(ipaddress.ip_address(target.host))
    except ValueError:  # a name, which may come to mean another machine
        return False


def _refuse_others(asker: Asker, what: str) -> None:
    if not asker.is_owner:
        raise OrderError(f"only the user of the proxy, and root, {what}")
