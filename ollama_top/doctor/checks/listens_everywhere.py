"""A server that everybody in the network can use."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import running_evidence, setting
from ollama_top.model.finding import to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known
from ollama_top.model.verdict import Severity
from ollama_top.ollama.values import trimmed

NAME = "OLLAMA_HOST"
ANYWHERE = ("0.0.0.0", "[::]", "::", ":")  # noqa: S104 - looked for, not bound


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    host = setting(snapshot, NAME)
    if host is None or not isinstance(host.running, Known):
        return
    address = trimmed(host.running.value).partition("://")[2] or trimmed(host.running.value)
    if address.startswith(ANYWHERE) and not address.startswith("::1"):
        yield Found(
            title="the server listens on every address: whoever reaches this machine can use it",
            cause="Ollama asks for no password; a firewall, or a proxy that does, has to keep others out.",
            evidence=(running_evidence(snapshot, host),),
            fix=to_set(**{NAME: "127.0.0.1"}),
            subject=NAME,
        )


CHECK = Check("listens-everywhere", "a server that everybody in the network can use", Severity.INFO, _look)
