"""A port of another machine brought here by ssh, for as long as it is looked through."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ollama_top.listening.addresses import LOOPBACK, free_port
from ollama_top.remote import ssh

READY_S, AGAIN_S, END_S = 15.0, 0.1, 3.0


class TunnelError(Exception):
    """The port is not there; the text says why."""


@contextmanager
def tunnel(host: str, server: str, options: Sequence[str]) -> Iterator[int]:
    """The port of ours behind which `server` (host and port, as seen there) answers; raises TunnelError."""
    port = free_port()
    with subprocess.Popen(
        ssh.forwarded(host, port, server, options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            _await(process, port, host)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(process: "subprocess.Popen[bytes]", port: int, host: str) -> None:
    ends_s = time.monotonic() + READY_S
    while time.monotonic() < ends_s and process.poll() is None:
        try:
            socket.create_connection((LOOPBACK, port), timeout=READY_S).close()
        except OSError:
            time.sleep(AGAIN_S)
        else:
            return
    raise TunnelError(f"ssh does not bring the port of {host} here")
