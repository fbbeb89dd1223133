"""Who is at the other end of a Unix socket, by the kernel's word."""

import socket
import struct
import sys

LINUX = struct.Struct("3i")  # pid, uid, gid: unix(7)
MACOS = struct.Struct("2I")  # version and uid, of the struct xucred in sys/ucred.h
SOL_LOCAL, LOCAL_PEERCRED, LOCAL_PEERPID = 0, 1, 2  # of macOS, in sys/un.h
MACOS_PID = struct.Struct("i")


def uid_of(own: socket.socket) -> int | None:
    """The user of the process that connected; None where the system does not tell."""
    system: str = sys.platform
    if system == "linux":
        return int(LINUX.unpack(own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, LINUX.size))[1])
    if system == "darwin":
        return int(MACOS.unpack(own.getsockopt(SOL_LOCAL, LOCAL_PEERCRED, MACOS.size))[1])
    return None


def pid_of(own: socket.socket) -> int | None:
    """The process that connected; None where the system does not tell, or it is in another namespace."""
    system: str = sys.platform
    if system == "linux":
        return int(LINUX.unpack(own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, LINUX.size))[0]) or None
    if system == "darwin":
        return int(MACOS_PID.unpack(own.getsockopt(SOL_LOCAL, LOCAL_PEERPID, MACOS_PID.size))[0]) or None
    return None
