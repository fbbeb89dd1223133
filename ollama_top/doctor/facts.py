"""What several checks ask of a Snapshot. Pure."""

from collections.abc import Iterator

from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Reading, Source, Why
from ollama_top.model.service import Service
from ollama_top.model.setting import Setting
from ollama_top.ollama.families import Release, parse_release

NUM_PARALLEL = "OLLAMA_NUM_PARALLEL"


def release(snapshot: Snapshot) -> Release | None:
    """The server's release; None where it is not known."""
    version = snapshot.server.version
    return parse_release(version.value) if isinstance(version, Known) else None


def setting(snapshot: Snapshot, name: str) -> Setting | None:
    """How a variable stands; None where nothing is known of any."""
    return next((each for each in snapshot.settings if each.name == name), None)


def is_absent(reading: Reading[str]) -> bool:
    """Whether a variable is known not to be set, which is more than not being known."""
    return not isinstance(reading, Known) and reading.why is Why.ABSENT


def service(snapshot: Snapshot) -> Service | None:
    """The service that keeps the server; None where none does, or nothing is known of it."""
    return snapshot.service.value if isinstance(snapshot.service, Known) else None


def running_evidence(snapshot: Snapshot, each: Setting) -> Evidence:
    """What the running process has of a variable, and how that is known."""
    reading = each.running
    source = reading.source if isinstance(reading, Known) else Source.PROCESSES
    pid = snapshot.server.pid
    process = f"process {pid.value}" if isinstance(pid, Known) else "the running server"
    if isinstance(reading, Known):
        return Evidence(f"{process} was started with {each.name}={reading.value}", source)
    if reading.why is Why.ABSENT:
        return Evidence(f"{process} was started without {each.name}", source)
    return Evidence(f"what {process} has is not known: {reading.hint}", source)


def configured_evidence(each: Setting) -> Iterator[Evidence]:
    """What the next start would get of a variable, where that is known."""
    if isinstance(each.configured, Known):
        yield Evidence(
            f"{each.configured_in} says {each.name}={each.configured.value}", each.configured.source
        )


def name_of(model: LoadedModel) -> str:
    """A model's name, as far as it is known."""
    return model.name.value if isinstance(model.name, Known) else "a model"
