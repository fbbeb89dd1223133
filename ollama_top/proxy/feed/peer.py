"""Who is at the other end of a Unix socket, by the kernel's word."""

import socket
import struct
import sys

LINUX = struct.Struct("3i")  # pid, uid, gid: unix(7)
MACOS = struct.Struct("2I")  # version and uid, of the struct xucred in sys/ucred.h
SOL_LOCAL, LOCAL_PEERCRED = 0, 1  # of macOS, in sys/un.h


def uid_of(own: socket.socket) -> int | None:
    """The user of the process that connected; None where the system does not tell."""
    system: str = sys.platform
    if system == "linux":
        return int(LINUX.unpack(own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, LINUX.size))[1])
    if system == "darwin":
        return int(MACOS.unpack(own.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, MACOS.size))[1])
    return None
