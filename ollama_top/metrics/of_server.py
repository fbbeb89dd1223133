"""What is told to Prometheus of the server, its queue, and how sure that is."""

from collections import Counter
from collections.abc import Iterator

from ollama_top import __version__
from ollama_top.metrics.told import Sample, single, states, told
from ollama_top.model.finished import Finished
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.light import LightState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Reading, Why, map_known
from ollama_top.model.verdict import Severity

UNCOUNTED = Missing(Why.ABSENT, "there is no count")


def _server(frame: Frame) -> Iterator[Sample]:
    server = frame.snapshot.server
    version = server.version.value if isinstance(server.version, Known) else ""
    unit = server.unit.value if isinstance(server.unit, Known) else ""
    yield (server.url, version, unit), 1.0


def _is_exact(snapshot: Snapshot) -> Reading[float] | float:
    precision = snapshot.queue.precision
    return UNCOUNTED if precision is Precision.UNKNOWN else float(precision is Precision.EXACT)


def _recent(frame: Frame) -> Iterator[Sample]:
    finished: Finished = frame.snapshot.finished
    yield ("succeeded",), finished.succeeded
    yield ("refused",), finished.refused
    yield ("failed",), finished.failed
    yield ("busy",), finished.busy


def _recent_durations(frame: Frame) -> Iterator[Sample]:
    yield ("0.5",), frame.snapshot.finished.duration_p50_s
    yield ("0.95",), frame.snapshot.finished.duration_p95_s


def _findings(frame: Frame) -> Iterator[Sample]:
    found = Counter(each.severity for each in frame.findings)
    for severity in Severity:
        if severity is not Severity.OK:
            yield (str(severity),), float(found[severity])


def _finding(frame: Frame) -> Iterator[Sample]:
    found = Counter((each.id, str(each.severity)) for each in frame.findings)
    for labels, count in found.items():
        yield labels, float(count)


def _sources(frame: Frame) -> Iterator[Sample]:
    for light in frame.snapshot.sources:
        yield (light.name,), float(light.state is LightState.OK)


def _source_ages(frame: Frame) -> Iterator[Sample]:
    for light in frame.snapshot.sources:
        if light.age_s is not None:
            yield (light.name,), light.age_s


OF_SERVER = (
    told("info", "ollama-top; always 1.", lambda _: [((__version__,), 1.0)], ("version",)),
    single(
        "look_timestamp_seconds",
        "When all of this was seen.",
        lambda snapshot: snapshot.taken_at.timestamp(),
    ),
    single(
        "simulated",
        "Whether everything here is simulated (--demo).",
        lambda snapshot: float(snapshot.demo),
    ),
    told(
        "server_info",
        "The server looked at; always 1. Version and unit are empty where they are not known.",
        _server,
        ("url", "version", "unit"),
    ),
    single(
        "server_up",
        "Whether its API could be read at the last look.",
        lambda snapshot: float(snapshot.server.reachable),
    ),
    single(
        "server_start_time_seconds",
        "Start of its process.",
        lambda snapshot: map_known(snapshot.server.started_at, lambda moment: moment.timestamp()),
    ),
    single(
        "server_cpu_cores",
        "CPU of the server and its runners, in cores.",
        lambda snapshot: map_known(snapshot.server.cpu_percent, lambda value: value / 100),
    ),
    single(
        "server_resident_memory_bytes",
        "Resident memory of the server and its runners; shared pages count in each.",
        lambda snapshot: snapshot.server.rss_bytes,
    ),
    single("requests_running", "Requests in service.", lambda snapshot: snapshot.queue.running),
    single(
        "requests_waiting",
        "Requests accepted and not in service; an upper bound where requests_waiting_exact is 0.",
        lambda snapshot: snapshot.queue.waiting,
    ),
    single("requests_waiting_exact", "Whether requests_waiting is exact.", _is_exact),
    single(
        "oldest_wait_seconds",
        "Age of the request that has waited longest.",
        lambda snapshot: snapshot.queue.oldest_wait_s,
    ),
    told(
        "recent_requests",
        "Requests answered within recent_window_seconds, by the log; those of busy (503) are among failed.",
        _recent,
        ("outcome",),
    ),
    single(
        "recent_window_seconds",
        "How far back the log was read for recent_requests.",
        lambda snapshot: snapshot.finished.window_s,
    ),
    told(
        "recent_request_seconds",
        "How long those took that succeeded, waiting included: that share of them no longer.",
        _recent_durations,
        ("share",),
    ),
    told(
        "verdict",
        "How much the worst thing now matters: 1 for what holds, else 0.",
        lambda frame: states(Severity, frame.verdict.severity),
        ("severity",),
    ),
    told("findings", "What could be better, counted by how much it matters.", _findings, ("severity",)),
    told("finding", "What could be better, by the check that found it.", _finding, ("id", "severity")),
    told(
        "source_ok",
        "Whether a source of these values answered in whole at the last look.",
        _sources,
        ("source",),
    ),
    told("source_age_seconds", "Age of what a source told last.", _source_ages, ("source",)),
)
"""In the order in which they are told."""
