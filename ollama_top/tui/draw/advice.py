"""What the screen says when the server cannot be reached: where, what, why, and what to type."""

from urllib.parse import urlsplit

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.server import Server
from ollama_top.tui.draw.fit import fit_line, wrap

_NOBODY = (
    ("Ollama is not running.", "systemctl start ollama     or: ollama serve"),
    ("It listens at another address.", "ollama-top --host HOST:PORT     or: export OLLAMA_HOST=HOST:PORT"),
    (
        "It runs on another machine and listens there on 127.0.0.1 only.",
        "ssh -L 11434:127.0.0.1:11434 MACHINE",
    ),
)
_REMOTE = (
    ("The machine is down, or a firewall is in between.", "ping {host}"),
    ("Ollama listens there on 127.0.0.1 only.", "ssh -L 11434:127.0.0.1:{port} {host}"),
    ("It listens at another port.", "ollama-top --host {host}:PORT"),
)
_UNKNOWN = (
    ("The name is misspelt, or this machine does not know it.", "getent hosts {host}"),
    ("What answers for names is out of reach.", "ollama-top --host ADDRESS:{port}     with its number"),
)
_SILENT = (
    ("It is overloaded or stuck; ollama-top goes on asking.", "journalctl -u ollama -n 50"),
    ("Something else listens at this port.", "ss -ltnp sport = :{port}"),
)
_REFUSED = (
    ("A proxy or Ollama's check of the host name refuses the request.", "curl -i {url}/api/version"),
    ("The server wants a token.", "ollama-top --help     tells where it is read from"),
)
_GARBLED = (
    ("Something that is not Ollama answers at this address.", "curl -i {url}/api/version"),
    ("It listens at another address.", "ollama-top --host HOST:PORT     or: export OLLAMA_HOST=HOST:PORT"),
)
_OF_NAMES = (
    *("name or service", "name resolution", "name does not resolve"),
    *("nodename nor servname", "no address associated"),
)
"""What glibc, musl and macOS say of a name that has no address."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def advice(server: Server, width: int, *, offers_demo: bool) -> list[Line]:
    """The lines in place of the tables."""
    lines: list[Line] = [(), (Cell(f"  No answer from {server.url}", Role.ERROR),)]
    problem = Cell(server.problem or "no reason was given").text
    lines += [(Cell("  "), Cell(piece)) for piece in wrap(problem, max(10, width - 4))]
    lines += [(), (Cell("  What it may be, and what to type:", Role.STRONG),)]
    for cause, command in _causes(server):
        lines += [(Cell("   - "), Cell(cause)), (Cell("       "), Cell(command, Role.NOTICE))]
    lines += [
        (),
        (Cell("  ollama-top goes on asking, and shows the server as soon as it answers.", Role.FAINT),),
    ]
    if offers_demo:
        lines += [(Cell("  "), Cell(" D ", Role.KEY), Cell("shows a simulated server instead, marked DEMO."))]
    return [fit_line(line, width) for line in lines]


def _causes(server: Server) -> list[tuple[str, str]]:
    parts = urlsplit(server.url)
    host, problem = parts.hostname or server.url, (server.problem or "").casefold()
    known = {"host": host, "port": parts.port or 11434, "url": server.url}
    return [(cause, command.format(**known)) for cause, command in _likely(host, problem)]


def _likely(host: str, problem: str) -> tuple[tuple[str, str], ...]:
    if any(word in problem for word in ("401", "403", "forbidden", "unauthorized")):
        return _REFUSED
    if "timed out" in problem or "does not answer" in problem:
        return _SILENT if host in _LOOPBACK else (*_SILENT[:1], *_REMOTE)
    if any(word in problem for word in _OF_NAMES):
        return _UNKNOWN
    if any(word in problem for word in ("refused", "nothing answers", "unreachable", "no route")):
        return _NOBODY if host in _LOOPBACK else _REMOTE
    return _GARBLED
