"""A queue that is longer than OLLAMA_MAX_QUEUE, which bounds only what waits for a load."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import count_of, setting
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity

NAME = "OLLAMA_MAX_QUEUE"


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    limit = count_of(setting(snapshot, NAME), snapshot)
    waiting = value_or(snapshot.queue.waiting, 0)
    is_loading = any(each.state is ModelState.LOADING for each in snapshot.models)
    is_set = isinstance(getattr(setting(snapshot, NAME), "running", None), Known)
    if not is_set or limit is None or is_loading or not snapshot.models or waiting <= limit:
        return
    yield Found(
        title=f"{waiting} wait, though {NAME} is {limit}: it does not bound what waits for a loaded model",
        cause="Only requests whose model has to be loaded go through that queue; the others wait for a"
        " slot without a limit, and none is refused.",
        evidence=(Evidence(f"{waiting} requests wait", snapshot.queue.source or Source.ESTIMATE),),
        settle=None,
        subject=NAME,
    )


CHECK = Check(
    "max-queue-does-not-guard", f"a queue longer than {NAME}, which bounds another", Severity.INFO, _look
)
