"""What several checks ask of a Snapshot. Pure."""

import shlex
from collections.abc import Iterator

from ollama_top.model.finding import Evidence, Fix, to_run
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.model.service import Author, Service
from ollama_top.model.setting import Setting
from ollama_top.ollama.environment import NUM_PARALLEL
from ollama_top.ollama.families import Release, parse_release
from ollama_top.ollama.homebrew import LOG as HOMEBREW_LOG
from ollama_top.ollama.installation import APP_LOG
from ollama_top.ollama.variables import DECLARED


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


def keeper(snapshot: Snapshot) -> Keeper | None:
    """What keeps the server; None where that is not known."""
    manager = snapshot.server.manager
    return manager.value if isinstance(manager, Known) else None


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


def driver_of(gpu: Gpu) -> Source:
    """Who tells of a card: each vendor's driver is a source by its vendor's name."""
    return next((each for each in Source if each.value == gpu.vendor), Source.HOST)


def name_of(model: LoadedModel) -> str:
    """A model's name, as far as it is known."""
    return model.name.value if isinstance(model.name, Known) else "a model"


def shown(reading: Reading[int]) -> str:
    """A number as text; a dash where it is not known."""
    return str(reading.value) if isinstance(reading, Known) else "-"


def count_of(each: Setting | None, snapshot: Snapshot) -> int | None:
    """The number that a variable stands for in the running server; None where that is not known."""
    variable = DECLARED.get(each.name) if each else None
    if each is None or variable is None or not (isinstance(each.running, Known) or is_absent(each.running)):
        return None
    text = each.running.value if isinstance(each.running, Known) else None
    meant = variable.understood(text, release(snapshot)).value or each.default
    return int(meant) if meant.isascii() and meant.isdigit() else None


def asked_parallel(snapshot: Snapshot) -> int | None:
    """How many requests at once the running server was asked for; None where that is not known."""
    asked = count_of(setting(snapshot, NUM_PARALLEL), snapshot)
    return None if asked is None else max(asked, 1)


def last_words(kept: Service, snapshot: Snapshot) -> Fix | None:
    """A command that shows what a service wrote last; None where its log is not known."""
    if kept.manager == "systemd":
        return to_run(*_journal(kept, snapshot), "-n", "30", "--no-pager")
    is_container = kept.author in {Author.RUN, Author.COMPOSE}
    return to_run(kept.manager, "logs", "--tail", "30", kept.name) if is_container else None


def _journal(kept: Service, snapshot: Snapshot) -> tuple[str, ...]:
    user = ("--user",) if keeper(snapshot) is Keeper.SYSTEMD_USER else ()
    return ("journalctl", *user, "-u", kept.name)


MACOS_LOGS = {Author.APP: APP_LOG, Author.HOMEBREW: f"$(brew --prefix)/{HOMEBREW_LOG}"}


def log_command(snapshot: Snapshot, pattern: str) -> Fix | None:
    """A command that shows what the server's log says of something; None where it keeps none known."""
    kept = service(snapshot)
    if kept is None:
        return None
    if kept.manager == "systemd":
        return to_run(*_journal(kept, snapshot), "-g", pattern, "-n", "20", "--no-pager")
    words = f"grep -iE {shlex.quote(pattern)} | tail -n 20"
    if kept.author in {Author.RUN, Author.COMPOSE}:
        return to_run("sh", "-c", f"{kept.manager} logs {shlex.quote(kept.name)} 2>&1 | {words}")
    file = MACOS_LOGS.get(kept.author)
    return to_run("sh", "-c", f"cat {file} | {words}") if file else None
