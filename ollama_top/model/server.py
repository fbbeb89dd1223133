"""The Ollama server that is looked at."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class Keeper(Vocabulary):
    """What started a server."""

    SYSTEMD = "systemd", "a service of the system"
    SYSTEMD_USER = "systemd --user", "a service of one user"
    LAUNCHD = "launchd", "a service of macOS"
    APP = "app", "Ollama's app"
    OPENRC = "openrc", "a service of OpenRC's"
    CONTAINER = "container", "a container, named by its beginning or its whole name"
    MANUAL = "manual", "a terminal, or a program of a user's"


POD = "kubepods"  # in the control group of whatever Kubernetes runs


@dataclass(frozen=True, slots=True)
class Server:
    """One server, as its API and the machine it runs on describe it."""

    url: str = fact("Address asked, without credentials.")
    reachable: bool = fact("Whether the API could be read, within its time limit, at the last look.")
    version: Reading[str] = fact("Ollama's version, from /api/version.")
    pid: Reading[int] = fact("Process that holds the API port, if it is `ollama serve` on this machine.")
    manager: Reading[Keeper] = fact("What started it.")
    unit: Reading[str] = fact("Name of its service unit or container.")
    user: Reading[str] = fact("User that the server runs as.")
    cgroup: Reading[str] = fact("Control group of the server process, as a path.")
    started_at: Reading[datetime] = fact("Start of the server process.")
    cpu_percent: Reading[float] = fact("CPU of the server and its runners; 100 is one core.")
    rss_bytes: Reading[int] = fact(
        "Resident memory of the server and its runners; shared pages count in each."
    )
    problem: str | None = fact("Why the API could not be read at the last look; null when it could.")
