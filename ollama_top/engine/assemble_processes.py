"""From the look at the server's process tree to the processes and environments of a Snapshot. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from ollama_top.engine.assemble_shares import Shares
from ollama_top.engine.joined import Joined, name_of
from ollama_top.engine.samples import Samples
from ollama_top.model.gpu import GpuShare
from ollama_top.model.process import Process, ProcessKind
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, known_or_missing
from ollama_top.ollama import argv
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.watched import ProcessLook

NO_RUNNER = Missing(Why.ABSENT, "it is no runner")
NO_COMMAND = Missing(Why.FAILED, "its command line was empty")


def processes_of(samples: Samples, joined: Sequence[Joined], shares: Shares) -> tuple[Process, ...]:
    """The processes of the server's tree, each runner with its model; joined by pid."""
    tree = samples.tree.value if samples.tree else None
    if tree is None or isinstance(tree.server, Missing):
        return ()
    server_pid = tree.server.value.pid
    models = {each.runner.pid: name_of(each, samples) for each in joined if each.runner}
    runners = {each.pid: each for each in tree.runners}
    return tuple(
        _process(
            each,
            _kind(each.pid, server_pid, runners),
            runners.get(each.pid),
            models,
            shares(each.pid),
        )
        for each in tree.processes
    )


def _kind(pid: int, server_pid: int, runners: Mapping[int, RunnerProcess]) -> ProcessKind:
    if pid == server_pid:
        return ProcessKind.SERVER
    return ProcessKind.RUNNER if pid in runners else ProcessKind.OTHER


def _process(
    look: ProcessLook,
    kind: ProcessKind,
    runner: RunnerProcess | None,
    models: Mapping[int, Reading[str]],
    gpus: Reading[tuple[GpuShare, ...]],
) -> Process:
    port = runner.args.port if runner else None
    return Process(
        pid=look.pid,
        kind=kind,
        model=models.get(look.pid, NO_RUNNER),
        port=known_or_missing(port, Source.ARGV, "its command line does not tell") if runner else NO_RUNNER,
        cpu_percent=look.cpu_percent,
        rss_bytes=look.rss_bytes,
        gpus=gpus,
        threads=look.threads,
        open_files=look.open_files,
        open_files_limit=look.limits.open_files,
        open_files_hard_limit=look.limits.open_files_hard,
        locked_memory_limit_bytes=look.limits.locked_memory_bytes,
        started_at=datetime.fromtimestamp(look.started_s, UTC),
        command=Known(argv.shown(look.argv), Source.PROCESSES) if look.argv else NO_COMMAND,
    )
