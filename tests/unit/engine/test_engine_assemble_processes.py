"""Processes and environments of a Snapshot, from looks written by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import frames
import pytest
from engine_samples import (
    NAME,
    PID,
    PROCESS,
    api,
    listed,
    reason,
    runner,
    samples,
    shown,
    snapshot,
    tree,
    value,
)

from ollama_top.engine.samples import Taken
from ollama_top.model.process import ProcessKind, Variable
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.limits import UNLIMITED, Limits
from ollama_top.sources.watched import ProcessLook

DENIED = Missing(Why.DENIED, "not for you")


def look(pid: int, *argv: str, **changes: Any) -> ProcessLook:
    """A process at one look."""
    four = Known(4, Source.PROCESSES)
    limits = Limits(Known(1024, Source.PROCESSES), Known(4096, Source.PROCESSES), UNLIMITED)
    return replace(
        ProcessLook(pid, 100.0, argv, Known(3.0, Source.PROCESSES), four, four, four, limits), **changes
    )


def seen(*looks: ProcessLook) -> Any:
    return snapshot(samples(tree=replace(tree(runner()), processes=looks)))


def test_the_server_its_runners_and_what_else_it_started_are_told_apart() -> None:
    found = seen(look(PROCESS.pid, "ollama", "serve"), look(PID), look(77, "llama-server", "--list-devices"))
    assert [(each.pid, each.kind) for each in found.processes] == [
        (PROCESS.pid, ProcessKind.SERVER),
        (PID, ProcessKind.RUNNER),
        (77, ProcessKind.OTHER),
    ]


def test_a_runner_has_its_model_and_its_port_by_its_pid() -> None:
    server, held, other = seen(look(PROCESS.pid), look(PID), look(77)).processes
    assert (value(held.model), value(held.port)) == (NAME, 41000)
    assert {reason(each).why for each in (server.model, server.port, other.model, other.port)} == {Why.ABSENT}


def test_each_process_has_its_part_of_each_card() -> None:
    held = Known((frames.held(PID, 6.0), frames.held(PROCESS.pid, 0.3)), Source.NVIDIA)
    looks = (look(PROCESS.pid), look(PID), look(77))
    cards = (Taken(GpuLook((frames.gpu(0, processes=held), frames.gpu(1))), 10.0),)
    found = snapshot(samples(tree=replace(tree(runner()), processes=looks), gpus=cards))
    parts = [
        [(share.gpu, value(share.memory_bytes)) for share in value(each.gpus)] for each in found.processes
    ]
    assert parts == [[(0, int(0.3 * frames.GIB))], [(0, 6 * frames.GIB)], []]


def test_a_runner_whose_model_is_not_listed_yet_has_a_reason() -> None:
    loading = samples(tree=replace(tree(runner("/models/other")), processes=(look(PID),)))
    (held,) = snapshot(loading).processes
    assert reason(held.model).why is Why.PENDING


def test_what_was_read_is_handed_on() -> None:
    (server,) = seen(look(PROCESS.pid, "ollama", "serve", "a b", open_files=DENIED)).processes
    assert (value(server.cpu_percent), value(server.rss_bytes), value(server.threads)) == (3.0, 4, 4)
    assert server.open_files == DENIED
    assert (value(server.open_files_limit), value(server.open_files_hard_limit)) == (1024, 4096)
    assert server.locked_memory_limit_bytes == UNLIMITED
    assert server.started_at == datetime.fromtimestamp(100, UTC)
    assert value(server.command) == "ollama serve 'a b'"


def test_an_empty_command_line_is_missing() -> None:
    (server,) = seen(look(PROCESS.pid)).processes
    assert reason(server.command).why is Why.FAILED


def test_the_environment_is_handed_on() -> None:
    assert snapshot(samples(tree=replace(tree(), environment=DENIED))).environment == DENIED
    assert value(snapshot(samples()).environment) == (Variable("OLLAMA_NUM_PARALLEL", "2"),)


@pytest.mark.parametrize(("is_local", "why"), [(True, Why.PENDING), (False, Why.NOT_LOCAL)])
def test_without_a_look_there_is_a_reason_and_no_process(is_local: bool, why: Why) -> None:
    found = snapshot(samples(tree=None, is_local=is_local))
    assert found.processes == ()
    assert reason(found.environment).why is reason(found.service).why is why


def test_a_server_that_cannot_be_seen_has_no_processes() -> None:
    hidden = snapshot(samples(tree=replace(tree(server=DENIED), environment=DENIED)))
    assert hidden.processes == ()
    assert hidden.environment == hidden.server.cgroup == DENIED


def test_a_control_group_is_handed_on() -> None:
    inside = Known(replace(PROCESS, cgroup="/system.slice/ollama.service"), Source.PROCESSES)
    assert value(snapshot(samples(tree=tree(server=inside))).server.cgroup) == "/system.slice/ollama.service"
    assert reason(snapshot(samples()).server.cgroup).why is Why.UNSUPPORTED


def test_a_model_keeps_its_runner_whatever_else_runs() -> None:
    shows = {NAME: shown("/models/other"), "b": shown()}
    looks = (look(PID),)
    found = snapshot(
        samples(api=api(listed(), listed("b"), shows=shows), tree=replace(tree(runner()), processes=looks))
    )
    assert value(found.processes[0].model) == "b"
