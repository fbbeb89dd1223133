"""What the kernel would count of a simulated connection, and what a slot tells of itself."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ollama_top.demo import documents
from ollama_top.demo.callers import Call, Caller, Rhythm
from ollama_top.demo.catalogue import CHAT, Pace
from ollama_top.demo.connection import Connection, Request
from ollama_top.demo.observe import Observer
from ollama_top.demo.scheduler import Ask, Settings
from ollama_top.demo.slotbank import Job, SlotBank
from ollama_top.demo.world import Scenario, World
from ollama_top.sources.inet_diag import Socket

SLOTS = Path(__file__).parents[2] / "captures/ollama-0.33.0-rc2/runner-slots.json"
ONCE = Rhythm(0.0, (1e6, 1e6))


def caller(name: str, *, pid: int, is_streamed: bool = True, rhythm: Rhythm = ONCE) -> Caller:
    return Caller(name, pid, CHAT.name, rhythm, (50, 50), (200, 200), is_streamed=is_streamed, linger_s=1e6)


def asked(is_streamed: bool) -> tuple[Connection, SlotBank]:
    """A connection whose request is in service, sent at second 10."""
    bank = SlotBank.of(1, Pace(1000, 10, 0))
    connection = Connection(1, 100, "curl", 9.0, 5.0)
    call = Call(10.0, caller("curl", pid=100, is_streamed=is_streamed), 100, 100, 8)
    request = Request(call, Ask(CHAT), 10.0)
    connection.ask(request, 10.0)
    request.slot = bank.take(Job(100, 8))
    return connection, bank


def test_a_stream_sends_a_segment_for_each_token_when_it_is_written() -> None:
    connection, bank = asked(is_streamed=True)
    connection.tell(10.05)
    assert (connection.sent_bytes, connection.sent_segments) == (0, 0)
    bank.step(0.35)
    connection.tell(10.35)
    assert connection.sent_segments == 3  # at 0.1, 0.2 and 0.3 s
    assert connection.last_sent_s == pytest.approx(10.3)
    before = connection.sent_bytes
    connection.tell(10.36)
    assert connection.sent_bytes == before


def test_an_answer_that_is_not_streamed_comes_in_one_piece() -> None:
    connection, bank = asked(is_streamed=False)
    bank.step(2)
    connection.tell(12)
    assert connection.sent_bytes == 0
    connection.finish(12)
    assert (connection.sent_segments, connection.last_sent_s) == (1, 12)
    assert not connection.is_over(16.9)
    assert connection.is_over(17)


def test_a_process_uses_its_own_connections_and_uses_them_again() -> None:
    again = Rhythm(0.0, (30, 30))
    callers = (caller("one", pid=1, rhythm=again), caller("other", pid=2, rhythm=again))
    world = World(Scenario((CHAT,), Settings(num_parallel="2"), callers))
    world.step(29)
    first = [(each.pid, each.received_bytes) for each in world.connections]
    world.step(29)
    assert sorted(pid for pid, _ in first) == sorted(each.pid for each in world.connections) == [1, 2]
    assert all(each.received_bytes == 2 * first[0][1] for each in world.connections)


def test_times_count_from_the_opening_until_something_is_sent() -> None:
    world = World(Scenario((CHAT,), Settings(), (caller("curl", pid=1),)))
    world.step(1.05)
    traffic = Observer(world, datetime(2026, 6, 1, tzinfo=UTC)).samples().traffic
    assert traffic is not None
    (socket,) = traffic.value.served or ()
    assert isinstance(socket, Socket)
    assert (socket.last_sent_ms, socket.last_received_ms, socket.sent_bytes) == (1000, 1000, 0)


def test_prompts_that_are_read_at_once_share_the_speed() -> None:
    bank = SlotBank.of(2, Pace(1000, 10, 0))
    slots = [bank.take(Job(1000, 5)) for _ in range(2)]
    bank.step(1)
    assert [each.read_tokens for each in slots] == [500, 500]


def test_an_idle_slot_tells_value_for_value_what_a_real_one_does() -> None:
    real = json.loads(json.loads(SLOTS.read_text())["body"])
    bank = SlotBank.of(2, Pace())
    fresh, used = bank.slots
    used.begin(Job(6, 24), 0)
    bank.step(10)
    bank.release(used)
    ours = documents.slots(bank, 4096)
    assert ours[fresh.number] == real[0]
    varying = {"params", "n_prompt_tokens"}
    assert {k: v for k, v in ours[1].items() if k not in varying} == {
        k: v for k, v in real[1].items() if k not in varying
    }
    assert ours[1]["n_prompt_tokens"] == 30
