"""A server's process tree, followed while its runners come, die and are reaped."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sources_server import ServerProgram

from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Source, Why, value_or
from ollama_top.ollama.argv import Generation
from ollama_top.sources import processes
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.processes import ServerTree, TreeLook

BLOB = "/models/blobs/sha256-0"
LLAMA_SERVER = ("llama-server", "--model", BLOB, "--port", "41000", "-c", "8192", "-np", "2")


def server_pid(look: TreeLook) -> int:
    assert isinstance(look.server, Known)
    return look.server.value.pid


def test_runners_are_the_children_that_hold_a_model(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        runner = program.run(*LLAMA_SERVER)
        program.run("llama-server", "--list-devices")
        program.run("sleeper", "--model", BLOB)
        look = ServerTree(program.port).look()
    assert server_pid(look) == program.pid
    (found,) = look.runners
    assert (found.pid, found.args.generation) == (runner, Generation.LLAMA_SERVER)
    assert (found.args.model_path, found.args.port) == (BLOB, 41000)
    assert (found.args.parallel, found.args.context_tokens) == (2, 4096)
    assert found.load is None


def test_processes_of_others_are_no_runners_of_this_server(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as one, ServerProgram(tmp_path, "serve") as other:
        runner = other.run(*LLAMA_SERVER)
        assert ServerTree(one.port).look().runners == ()
        assert [each.pid for each in ServerTree(other.port).look().runners] == [runner]


def test_memory_and_cpu_are_those_of_the_whole_tree(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        tree = ServerTree(program.port)
        alone = tree.look()
        program.run(*LLAMA_SERVER)
        both = tree.look()
    assert isinstance(alone.rss_bytes, Known)
    assert isinstance(both.rss_bytes, Known)
    assert 1 << 20 < alone.rss_bytes.value < both.rss_bytes.value
    assert isinstance(both.cpu_percent, Known)
    assert 0 <= both.cpu_percent.value < 100 * (os.cpu_count() or 1)


def test_a_runner_that_died_is_a_runner_no_more(tmp_path: Path) -> None:
    """Killed it stays in the process table until the server asks after it."""
    with ServerProgram(tmp_path, "serve") as program:
        runner = program.run(*LLAMA_SERVER)
        tree = ServerTree(program.port)
        assert [each.pid for each in tree.look().runners] == [runner]
        program.tell("kill", str(runner))
        zombie = tree.look()
        assert zombie.runners == ()
        assert isinstance(zombie.rss_bytes, Known)
        program.tell("reap", str(runner))
        assert tree.look().runners == ()
        again = program.run(*LLAMA_SERVER)
        assert [each.pid for each in tree.look().runners] == [again]


def test_a_server_that_ends_is_missing_and_its_successor_found(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        tree = ServerTree(program.port)
        tree.look()
    gone = tree.look()
    assert isinstance(gone.server, Missing)
    assert gone.server.why is Why.NOT_LOCAL
    assert gone.cpu_percent == gone.rss_bytes == gone.server
    assert gone.environment == gone.server
    assert gone.processes == ()
    assert gone.runners == ()


def test_the_owner_is_looked_for_once_while_the_port_stays_in_its_hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches = 0
    find_owner = processes.owner.find_owner

    def counted(port: int) -> object:
        nonlocal searches
        searches += 1
        return find_owner(port)

    monkeypatch.setattr(processes.owner, "find_owner", counted)
    with ServerProgram(tmp_path, "serve") as program:
        tree = ServerTree(program.port)
        for _ in range(3):
            tree.look()
        assert searches == 1
        tree._again_s = time.monotonic()
        tree.look()
        assert searches == 2


def test_a_number_that_was_given_again_is_not_taken_for_the_server(tmp_path: Path) -> None:
    """The owner's number is there, and it started at another time: that is another process."""
    with ServerProgram(tmp_path, "serve") as program:
        tree = ServerTree(program.port)
        tree.look()
        assert isinstance(tree._owner, Known)
        tree._owner = Known(replace(tree._owner.value, pid=os.getpid()), Source.PROCESSES)
        assert server_pid(tree.look()) == program.pid


def test_the_environment_is_that_of_the_process(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve", env=os.environ | {"OLLAMA_NUM_PARALLEL": "2"}) as program:
        found = ServerTree(program.port).look().environment
    assert isinstance(found, Known)
    assert Variable("OLLAMA_NUM_PARALLEL", "2") in found.value


def test_the_environment_is_read_once_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0
    read = processes.environment.read

    def counted(server: ServerProcess) -> object:
        nonlocal reads
        reads += 1
        return read(server)

    monkeypatch.setattr(processes.environment, "read", counted)
    with ServerProgram(tmp_path, "serve") as program:
        tree = ServerTree(program.port)
        for _ in range(3):
            tree.look()
            tree._again_s = time.monotonic()
        assert reads == 1
        tree._followed = (program.pid, 1.0)
        tree.look()
        assert reads == 2


def test_the_server_comes_first_and_what_each_takes_adds_up(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        runners = [program.run(*LLAMA_SERVER), program.run(*LLAMA_SERVER)]
        tree = ServerTree(program.port)
        first, second = tree.look(), tree.look()
    assert [each.pid for each in second.processes] == [program.pid, *runners]
    total = sum(value_or(each.rss_bytes, 0) for each in second.processes)
    assert second.rss_bytes == Known(total, Source.PROCESSES)
    assert isinstance(first.cpu_percent, Missing)
    assert first.cpu_percent.why is Why.PENDING
    assert isinstance(second.cpu_percent, Known)
