"""Connections and slots of one moment, from real sockets and a runner that answers over HTTP."""

import asyncio
import json
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing

import captured
import pytest
from answering import Answering, Asked, reply
from engine_samples import go_runner, runner

from ollama_top.engine.asking import PATIENCE_S
from ollama_top.engine.rhythm import FIRST_TOKEN
from ollama_top.engine.traffic import MOST_GLANCES, TrafficWatch
from ollama_top.ollama.argv import Generation
from ollama_top.sources import sockets
from ollama_top.sources.inet_diag import DiagError
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.runners import LoadLook, Runners

NEWEST = captured.Capture(captured.NEWEST)
IDLE = json.loads(NEWEST.body("runner-slots"))[:1]
BUSY = NEWEST.json("burst-6-parallel2")["samples"][0]["slots"][:1]


class Runner(Answering):
    """A llama-server with one slot."""

    def __init__(self) -> None:
        super().__init__(self._answer_all)
        self.is_busy = False
        self.late_s = 0.0

    def _answer_all(self, asked: Asked) -> list[bytes]:
        time.sleep(self.late_s)
        slots = json.dumps(BUSY if self.is_busy else IDLE).encode()
        return [reply(NEWEST.body("runner-props") if asked.target == "/props" else slots)]

    @property
    def process(self) -> RunnerProcess:
        return runner(port=self.port)

    def questions(self) -> Counter[str]:
        return Counter(each.target for each in self.asked)


@pytest.fixture
def llama() -> Iterator[Runner]:
    with Runner() as own:
        yield own


@pytest.fixture
def api() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening


@pytest.fixture
async def watch(api: socket.socket) -> AsyncIterator[TrafficWatch]:
    runners = Runners()
    yield TrafficWatch(api.getsockname()[1], runners)
    await runners.close()


def connect(stack: ExitStack, server: socket.socket) -> tuple[socket.socket, socket.socket]:
    """The client's end and the server's end."""
    client = stack.enter_context(closing(socket.create_connection(server.getsockname())))
    accepted, _ = server.accept()
    return client, stack.enter_context(closing(accepted))


async def test_connections_slots_and_clients_are_brought_together(
    watch: TrafficWatch, api: socket.socket, llama: Runner
) -> None:
    llama.is_busy = True
    with ExitStack() as stack:
        client, _ = connect(stack, api)
        client.sendall(b"x" * 300)
        found = await watch.look([llama.process])
    assert found.served is not None
    assert [each.received_bytes for each in found.served] == [300]
    assert [each.busy for each in found.slots[llama.port].slots] == [True]
    (who,) = found.clients.values()
    assert who.is_self
    assert found.clients.keys() == {found.served[0].remote}
    assert found.problem is None


async def test_connections_to_runners_are_kept_apart(watch: TrafficWatch, api: socket.socket) -> None:
    with ExitStack() as stack:
        runner_port = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        connect(stack, runner_port)
        connect(stack, api)
        port = runner_port.getsockname()[1]
        found = await watch.look([go_runner(port=port)])
    assert found.served is not None
    assert len(found.served) == 1
    assert [each.local.port for each in found.to_runners[port]] == [port]
    assert found.slots == {}


async def test_an_idle_runner_is_asked_once_until_somebody_calls_it(
    watch: TrafficWatch, llama: Runner
) -> None:
    """Each question is a line in the server's log."""
    for _ in range(3):
        found = await watch.look([llama.process])
        assert [each.busy for each in found.slots[llama.port].slots] == [False]
        await asyncio.sleep(0.05)  # the connection of the question is gone by then
    assert llama.questions() == {"/slots": 1}
    with closing(socket.create_connection(("127.0.0.1", llama.port))):
        await watch.look([llama.process])
    assert llama.questions()["/slots"] == 2


async def test_a_busy_runner_is_asked_at_every_look(watch: TrafficWatch, llama: Runner) -> None:
    llama.is_busy = True
    for _ in range(3):
        await watch.look([llama.process])
    assert llama.questions()["/slots"] >= 3


async def test_a_runner_that_is_stuck_does_not_hold_up_the_connections(
    watch: TrafficWatch, api: socket.socket, llama: Runner
) -> None:
    llama.is_busy, llama.late_s = True, 3.0
    with ExitStack() as stack:
        client, _ = connect(stack, api)
        for asked_bytes in (300, 600):
            client.sendall(b"x" * 300)
            began_s = time.monotonic()
            found = await watch.look([llama.process])
            assert time.monotonic() - began_s < 2 * PATIENCE_S
            assert [each.received_bytes for each in found.served or ()] == [asked_bytes]
            assert "does not answer" in (found.slots[llama.port].problem or "")
    assert llama.questions() == {"/slots": 1}


async def test_another_process_on_the_port_of_an_idle_runner_is_asked(
    watch: TrafficWatch, llama: Runner
) -> None:
    await watch.look([llama.process])
    await asyncio.sleep(0.05)
    await watch.look([runner(pid=2002, port=llama.port)])
    assert llama.questions()["/slots"] == 2


async def test_a_cpp_server_is_not_asked_for_slots_before_it_is_loaded(watch: TrafficWatch) -> None:
    """The question would hang until it is."""
    capture, is_ready = captured.Capture("ollama-0.3.13"), False

    def answer(asked: Asked) -> list[bytes]:
        if asked.target == "/slots":
            return [reply(capture.body("runner-slots.source"))]
        if is_ready:
            return [reply(capture.body("runner-health.source"))]
        return [reply(capture.body("runner-health-loading.source"), "503 Service Unavailable")]

    with Answering(answer) as server:
        process = runner(port=server.port, generation=Generation.CPP)
        found = await watch.look([process])
        assert found.loads[server.port].progress == 0.37
        assert (found.slots[server.port].slots, found.slots[server.port].problem) == ((), None)
        is_ready = True
        found = await watch.look([process])
        assert [each.busy for each in found.slots[server.port].slots] == [True, True, False, False]
        assert Counter(each.target for each in server.asked)["/health"] == 2


async def test_a_cpp_server_that_does_not_say_whether_it_is_loaded_is_a_problem(watch: TrafficWatch) -> None:
    found = await watch.look([runner(port=1, generation=Generation.CPP)])
    assert found.slots[1].problem == "the runner on port 1: connection refused"


async def test_props_are_asked_once_of_a_runner_that_does_not_tell_enough(
    watch: TrafficWatch, llama: Runner
) -> None:
    silent = runner(port=llama.port, parallel=None)
    for _ in range(3):
        found = await watch.look([silent])
        assert found.props[llama.port].parallel == 2
    assert llama.questions()["/props"] == 1
    await watch.look([runner(pid=2002, port=llama.port, parallel=None)])
    assert llama.questions()["/props"] == 2


async def test_glances_are_taken_while_there_are_connections(watch: TrafficWatch, api: socket.socket) -> None:
    watch.glance()
    assert (await watch.look([])).glances == ()
    with ExitStack() as stack:
        connect(stack, api)
        await watch.look([])
        watch.glance()
        watch.glance()
        found = await watch.look([])
        assert [len(each.value) for each in found.glances] == [1, 1]
        assert found.glances[0].at_s < found.glances[1].at_s
        assert (await watch.look([])).glances == ()
        for _ in range(2 * MOST_GLANCES):
            watch.glance()
        assert len((await watch.look([])).glances) == MOST_GLANCES


async def test_connections_to_runners_are_glanced_at_too(watch: TrafficWatch, api: socket.socket) -> None:
    with ExitStack() as stack:
        listening = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        port = listening.getsockname()[1]
        connect(stack, api)
        _, replying = connect(stack, listening)
        await watch.look([go_runner(port=port)])
        replying.sendall(b"x")
        watch.glance()
        replying.sendall(b"x")
        found = await watch.look([go_runner(port=port)])
    told = [each.sent_segments for call in found.calls for each in call.value[port]]
    assert (told[0], told[-1]) == (1, 2)
    assert found.to_runners[port] == found.calls[-1].value[port]


async def no_loads(_: object) -> dict[int, LoadLook]:
    """In place of the question how far a load is, which is a connection as well."""
    return {}


async def test_an_answer_that_nobody_has_seen_before_is_looked_at_twice(
    watch: TrafficWatch, api: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is over before the next glance would have no rate."""
    monkeypatch.setattr(watch._load_watch, "look", no_loads)
    with ExitStack() as stack:
        listening = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        port = listening.getsockname()[1]
        await watch.look([go_runner(port=port)])
        _, replying = connect(stack, listening)
        for _ in range(FIRST_TOKEN):
            replying.sendall(b"x")
            await asyncio.sleep(0.01)
        looks = [await watch.look([go_runner(port=port)]) for _ in range(2)]
    assert [len(each.calls) for each in looks] == [2, 1]


async def test_what_the_kernel_refuses_is_an_error_of_the_look_and_not_of_a_glance(
    watch: TrafficWatch, api: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*ports: int) -> None:
        raise DiagError("the kernel refused socket diagnosis (error 1)")

    with ExitStack() as stack:
        connect(stack, api)
        await watch.look([])
        monkeypatch.setattr(sockets, "served", refuses)
        watch.glance()
        with pytest.raises(DiagError):
            await watch.look([])


async def test_without_socket_diagnosis_slots_are_read_all_the_same(
    watch: TrafficWatch, llama: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "is_supported", lambda: False)
    for _ in range(2):
        found = await watch.look([llama.process])
    assert (found.served, found.to_runners, found.clients) == (None, {}, {})
    assert len(found.slots[llama.port].slots) == 1
    assert "which this system lacks" in (found.problem or "")
    assert llama.questions()["/slots"] == 2, "whether somebody calls it cannot be seen"
