"""The service that keeps the server, and what its next start would get. Reads only; for one thread."""

from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.model.server import Keeper
from ollama_top.model.service import Service
from ollama_top.services.systemd.service import read_service
from ollama_top.sources.owner import ServerProcess

USUAL_UNIT = "ollama.service"  # what Ollama's install script and the distributions call it
BY_HAND = Missing(Why.ABSENT, "no service manager keeps it: its next start gets what its starter has")
UNTOLD = {
    Keeper.CONTAINER: "a container keeps the environment that it was created with: docker inspect tells it",
    Keeper.LAUNCHD: "launchd keeps it: launchctl getenv NAME tells what its next start would get",
}


def look(server: Reading[ServerProcess]) -> Reading[Service]:
    """The service that keeps this server; where no server is found, one that should and does not run."""
    if isinstance(server, Missing):
        return _failed() or server
    kept = server.value
    if kept.keeper in UNTOLD:
        return Missing(Why.UNSUPPORTED, UNTOLD[kept.keeper])
    if kept.unit is None or kept.keeper is Keeper.MANUAL:
        return BY_HAND
    return read_service(kept.unit, user=kept.keeper is Keeper.SYSTEMD_USER)


def _failed() -> Reading[Service] | None:
    """The usual unit, if it is there and its process is not: it may explain why no server is."""
    found = read_service(USUAL_UNIT, user=False)
    is_down = isinstance(found, Known) and found.value.is_loaded and not found.value.is_running
    return found if is_down else None
