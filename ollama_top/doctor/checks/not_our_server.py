"""A server at an address of this machine that is no process of it, or lives in a container."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import keeper, service
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.model.verdict import Severity
from ollama_top.ollama.host import parse_target


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    server = snapshot.server
    if not server.reachable:
        return
    if keeper(snapshot) is Keeper.CONTAINER:
        if service(snapshot) is not None:
            return  # what it was created with is read, so that all is said of it that of any server is
        yield Found(
            title="the server runs in a container: its settings are the container's, and are not read",
            cause="Neither your shell nor a service of this machine has a say in its environment.",
            evidence=(Evidence(f"its control group is that of {_unit(snapshot)}", Source.PROCESSES),),
            subject="container",
        )
    elif isinstance(server.pid, Missing) and server.pid.why is Why.NOT_LOCAL and _is_loopback(snapshot):
        yield Found(
            title="the server behind this address runs elsewhere: settings and processes are not seen",
            cause="What listens here passes requests on, as a tunnel or a container's proxy does.",
            evidence=(Evidence(server.pid.hint, Source.PROCESSES),),
            settle="ollama-top on the machine, or as the user, that the server runs on",
            subject="elsewhere",
        )


def _unit(snapshot: Snapshot) -> str:
    unit = snapshot.server.unit
    return unit.value if isinstance(unit, Known) else "a container"


def _is_loopback(snapshot: Snapshot) -> bool:
    return parse_target(snapshot.server.url).is_loopback


CHECK = Check(
    "not-our-server", "a server behind a tunnel, in a container, or of another machine", Severity.INFO, _look
)
