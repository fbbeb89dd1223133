"""Who calls is looked for when somebody wants to know, and has a reason where it cannot be told."""

import pytest
from proxied import begin
from proxying import until

from ollama_top.model.reading import Known, Missing, Source
from ollama_top.proxy import callers
from ollama_top.proxy.callers import Callers, Found, LookError
from ollama_top.proxy.metering.caller import UNKNOWN
from ollama_top.proxy.metering.meter import Connection, Meter


async def test_callers_are_found_once_somebody_reads() -> None:
    meter = Meter()
    begin(meter, "/api/chat", b'{"model":"m"}')
    (seen,) = meter.running.values()
    assert seen.client.caller is UNKNOWN
    asked: list[int] = []
    told: list[int] = []

    def find(port: int) -> dict[str, tuple[Known[str], Known[int]]]:
        asked.append(port)
        return {"127.0.0.1:40001": (Known("curl", Source.PROCESSES), Known(7, Source.PROCESSES))}

    looking = Callers([11435], find)  # type: ignore[arg-type]
    for _ in range(3):  # the second and the third time it is too early
        looking.look_at([seen.client], lambda: told.append(1))
        await until(lambda: seen.client.caller is not UNKNOWN)
    assert (asked, told) == ([11435], [1])
    assert seen.client.caller[0] == Known("curl", Source.PROCESSES)


def failing(_: int) -> dict[str, tuple[Known[str], Known[int]]]:
    raise LookError("socket diagnosis failed: No buffer space available")


@pytest.mark.parametrize(
    ("host", "find", "says"),
    [
        ("198.51.100.9", None, "not this machine's"),
        ("198.51.100.9", lambda _: {}, "not this machine's"),
        ("::1", None, "only Linux tells"),
        ("127.0.0.1", lambda _: {}, "was gone when it was looked for"),
        ("127.0.0.1", failing, "No buffer space"),
        ("own", lambda _: {}, "was gone when it was looked for"),
    ],
)
async def test_a_caller_that_cannot_be_found_has_a_reason(
    host: str, find: Found | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "is_own_address", lambda address: str(address) == "192.0.2.7")
    meter = Meter()
    connection = meter.opened(("192.0.2.7" if host == "own" else host, 1), 0.0)
    assert isinstance(connection, Connection)
    Callers([11435], find).look_at([connection.client], lambda: None)
    await until(lambda: connection.client.caller is not UNKNOWN)
    name, pid = connection.client.caller
    assert isinstance(name, Missing)
    assert says in name.hint
    assert pid == name
