"""The words of ssh: the system's own, with its configuration, keys and agent. Pure.

A password, or a question about a host's key, is asked before there is a screen, over a connection that those
to come share.
"""

import shlex
from collections.abc import Sequence

NOT_FOUND = 127  # of a shell, for a command that is not there
FAILED = 255  # of ssh itself
ALIVE = (*("-o", "ServerAliveInterval=5"), *("-o", "ServerAliveCountMax=3"), *("-o", "ConnectTimeout=10"))
UNASKED = ("-o", "BatchMode=yes")
PERSIST_S = 600
PLACES = "$HOME/.local/bin:$HOME/bin:/usr/local/bin"
"""Where pipx and uv put programs; a shell that is not for logging in often does not look there."""


def shared(control_path: str) -> tuple[str, ...]:
    """Options by which all connections to a host share the first; the user's own socket goes before ours."""
    return (
        "-o",
        "ControlMaster=auto",
        "-o",
        f"ControlPath={control_path}",
        "-o",
        f"ControlPersist={PERSIST_S}",
    )


def on_host(host: str, words: Sequence[str], options: Sequence[str] = ()) -> tuple[str, ...]:
    """The command that runs ollama-top there with these words, with nobody to ask."""
    return ("ssh", *options, *ALIVE, *UNASKED, "-C", "-T", "--", host, _remote(words))


def first(host: str, options: Sequence[str] = (), *, asks: bool = True) -> tuple[str, ...]:
    """The command that connects first, and asks there which ollama-top it is.

    In the plain terminal ssh may ask the user what it needs, where it `asks`.
    """
    return ("ssh", *options, *ALIVE, *(() if asks else UNASKED), "-T", "--", host, _remote(("--version",)))


def in_terminal(host: str, words: Sequence[str], options: Sequence[str] = ()) -> tuple[str, ...]:
    """The command that runs ollama-top there for a person to talk with."""
    return ("ssh", *options, *ALIVE, "-t", "--", host, _remote(words))


def forwarded(host: str, port: int, server: str, options: Sequence[str] = ()) -> tuple[str, ...]:
    """The command that brings a server's port (`host:port` as seen there) to one of ours."""
    where = f"127.0.0.1:{port}:{server}"
    return ("ssh", *options, *ALIVE, "-o", "ExitOnForwardFailure=yes", "-N", "-L", where, "--", host)


def _remote(words: Sequence[str]) -> str:
    """What the other shell is told, whichever it is."""
    inner = f'PATH="{PLACES}:$PATH"; exec ollama-top {shlex.join(words)}'
    return shlex.join(["exec", "sh", "-c", inner])
