"""A variable that is set in the shell of the person looking, and reaches no server from there."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import keeper, release, running_evidence, service
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known
from ollama_top.model.server import Keeper
from ollama_top.model.service import Author
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity
from ollama_top.ollama.variables import DECLARED

FOR_CLIENTS = frozenset({"OLLAMA_HOST"})  # a client reads it as well, so it may be meant for that


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    for each in snapshot.settings:
        if each.status is SettingStatus.SHELL_ONLY and _is_for_server(each.name, snapshot):
            yield _found(each, snapshot)


def _is_for_server(name: str, snapshot: Snapshot) -> bool:
    """Whether this release's server reads it; what only clients and other programs read may be anywhere."""
    variable = DECLARED.get(name)
    return variable is not None and variable.is_read(release(snapshot)) and name not in FOR_CLIENTS


def _found(each: Setting, snapshot: Snapshot) -> Found:
    value = each.shell.value if isinstance(each.shell, Known) else ""
    return Found(
        title=f"{each.name}={value} is set in your shell only: the server does not have it",
        cause=_cause(snapshot),
        evidence=(
            *(
                [Evidence(f"your shell has {each.name}={value}", each.shell.source)]
                if isinstance(each.shell, Known)
                else []
            ),
            running_evidence(snapshot, each),
        ),
        fix=to_set(**{each.name: value}),
        subject=each.name,
    )


def _cause(snapshot: Snapshot) -> str:
    kept, by, unit = service(snapshot), keeper(snapshot), snapshot.server.unit
    if kept is not None and kept.author in {Author.RUN, Author.COMPOSE}:
        return f"{kept.manager} gives the container {kept.name} what it was created with, and nothing else."
    if by is not None and by is not Keeper.MANUAL and isinstance(unit, Known):
        manager = kept.manager if kept else by.value
        return f"{unit.value} is started by {manager}, which reads no shell's profile."
    return "The server was started from elsewhere, or before the variable was exported."


CHECK = Check(
    "env-only-in-shell",
    "variables that are exported in your shell, where the server does not see them",
    Severity.WARNING,
    _look,
)
