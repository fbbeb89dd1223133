"""Whether an address is this machine's own."""

import socket

import psutil

from ollama_top.ollama.host import Target


def is_this_machine(target: Target) -> bool:
    """Whether the server's address belongs to this machine, so that its processes may be here.

    Names are not looked up: only addresses, `localhost` and this machine's own name count.
    """
    if target.is_loopback:
        return True
    if target.host.lower() in {socket.gethostname().lower(), socket.gethostname().partition(".")[0].lower()}:
        return True
    own = {
        each.address.partition("%")[0] for addresses in psutil.net_if_addrs().values() for each in addresses
    }
    return target.host.partition("%")[0] in own
