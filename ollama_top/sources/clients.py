"""Who is at the other end of a local connection: process and name, where they may be seen.

Looks through /proc only when a connection is new.
"""

import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.argv import is_management
from ollama_top.sources import proc
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
    words = (proc.read_text(pid, "cmdline") or "").rstrip("\0").split("\0")
    name = _program_name(words) or (proc.read_text(pid, "comm") or "").strip()
    described: Reading[str] = (
        Known(name, Source.PROCESSES) if name else Missing(Why.FAILED, f"the process {pid} has no name")
    )
    return Client(Known(pid, Source.PROCESSES), described, pid == os.getpid(), is_management(words))


def _program_name(words: Sequence[str]) -> str:
    """The program as a person would call it: `python3 bot.py`, `ollama run`."""
    base = PurePosixPath(words[0]).name if words else ""
    if base.startswith(("python", "node", "ruby", "deno", "bun")):
        script = next((word for word in words[1:] if not word.startswith("-")), "")
        module = words[words.index("-m") + 1] if "-m" in words[:-1] else ""
        return f"{base} {module or PurePosixPath(script).name}".strip()[:40]
    if base == "ollama" and len(words) > 1:
        return f"ollama {words[1]}"[:40]
    return base[:40]


def _hidden(uid: int) -> Client:
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    hidden = Missing(Why.DENIED, f"a process of user {user}; its pid may be seen by that user or root only")
    return Client(hidden, hidden)
