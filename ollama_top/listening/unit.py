"""A unit of systemd's that keeps a process of ours running, with no more rights than it needs. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PLAIN = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
LONGEST_COMMENT = 100

ALWAYS = (
    "CapabilityBoundingSet=",
    "LockPersonality=yes",
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectSystem=strict",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallArchitectures=native",
    "SystemCallErrorNumber=EPERM",
    "SystemCallFilter=@system-service",
    "UMask=0077",
)
"""What neither of our processes misses."""
WITHOUT_DEVICES = ("DevicePolicy=closed", "PrivateDevices=yes", "ProtectClock=yes")
"""For a process that reads no GPU: each of these would hide /dev/nvidia*."""
LOOPBACK_ONLY = ("IPAddressDeny=any", "IPAddressAllow=localhost")


@dataclass(frozen=True, slots=True)
class Unit:
    """What is to be kept running, and what it has to be able to do."""

    name: str  # of the unit, without `.service`
    what: str
    argv: tuple[str, ...]  # the first word is an absolute path
    notes: tuple[str, ...]  # for whoever reads the unit: what it cannot see, and what would let it
    user: str | None = None  # None is one of its own, made when it starts where nobody has made it
    groups: tuple[str, ...] = ()
    is_in_a_home: bool = False  # the program lies where ProtectHome= would hide it
    sees_devices: bool = False
    is_loopback: bool = False  # it needs no other machine
    more: tuple[str, ...] = ()  # settings of its own
    before: tuple[str, ...] = ()  # commands that are needed before it is started


def unit_text(unit: Unit) -> str:
    """The whole unit file."""
    service = [
        "Type=exec",
        f"ExecStart={' '.join(map(quoted, unit.argv))}",
        *((f"User={unit.user}",) if unit.user else (f"User={unit.name}", "DynamicUser=yes")),
        *([f"SupplementaryGroups={' '.join(unit.groups)}"] if unit.groups else []),
        *unit.more,
        "Restart=on-failure",
        "RestartSec=5",
    ]
    parts = [
        *_head(unit),
        *("[Unit]", f"Description={unit.what}", "After=network-online.target ollama.service"),
        *("Wants=network-online.target", ""),
        *("[Service]", *service, "", *sorted(_fences(unit)), ""),
        *("[Install]", "WantedBy=multi-user.target"),
    ]
    return "\n".join(parts)


def quoted(word: str) -> str:
    """A word of ExecStart= as systemd reads it back."""
    if PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _head(unit: Unit) -> Iterator[str]:
    file = f"/etc/systemd/system/{unit.name}.service"
    yield f"# {unit.what}. To use it, write this to"
    yield f"# {file}, and then, as root:"
    for each in (*unit.before, f"systemctl daemon-reload && systemctl enable --now {unit.name}"):
        yield f"#     {each}"
    for note in unit.notes:
        yield "#"
        yield from _comment(note)
    yield ""


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) >= LONGEST_COMMENT:
            yield line
            line = "#"
        line += f" {word}"
    yield line


def _fences(unit: Unit) -> Sequence[str]:
    home = "ProtectHome=read-only" if unit.is_in_a_home else "ProtectHome=yes"
    return (
        *ALWAYS,
        home,
        *(() if unit.sees_devices else WITHOUT_DEVICES),
        *(LOOPBACK_ONLY if unit.is_loopback else ()),
    )
