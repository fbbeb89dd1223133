"""Who is at the other end of a local connection: process and name, where they may be seen.

Looks through /proc only when a connection is new.
"""

import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.argv import is_management
from ollama_top.sources import proc, programs
from ollama_top.sources.inet_diag import Endpoint, Socket


@dataclass(frozen=True, slots=True)
class Client:
    """A local client of the server."""

    pid: Reading[int]
    name: Reading[str]
    is_self: bool = False  # one of our own connections
    is_management: bool = False  # `ollama pull` and its like: no inference


class Clients:
    """Remembers the holder of each socket; blocking, for one thread."""

    def __init__(self) -> None:
        """Start knowing nobody."""
        self._known: dict[int, Client] = {}

    def look(self, calling: Sequence[Socket]) -> dict[Endpoint, Client]:
        """The clients behind the calling sockets of this machine, by the address they call from."""
        new = frozenset(each.inode for each in calling if each.cookie not in self._known and each.inode)
        held = proc.holders(new) if new else {}
        described = {pid: _describe(pid) for pid in {*held.values()}}
        known: dict[int, Client] = {}
        for each in calling:
            client = self._known.get(each.cookie)
            if client is None:
                client = described[held[each.inode]] if each.inode in held else _hidden(each.uid)
            known[each.cookie] = client
        self._known = known
        return {each.local: known[each.cookie] for each in calling}


def _describe(pid: int) -> Client:
    words = programs.command_line(pid)
    name = programs.name_of(pid, words)
    described: Reading[str] = (
        Known(name, Source.PROCESSES) if name else Missing(Why.FAILED, f"the process {pid} has no name")
    )
    return Client(Known(pid, Source.PROCESSES), described, pid == os.getpid(), is_management(words))


def _hidden(uid: int) -> Client:
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    hidden = Missing(Why.DENIED, f"a process of user {user}; its pid may be seen by that user or root only")
    return Client(hidden, hidden)
