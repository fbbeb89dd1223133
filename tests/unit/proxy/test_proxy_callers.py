"""Who calls is looked for when somebody wants to know, and has a reason where it cannot be told."""

import pytest
from proxied import begin
from proxying import until

from ollama_top.model.reading import Known, Missing, Source
from ollama_top.proxy.callers import Callers
from ollama_top.proxy.metering.caller import UNKNOWN
from ollama_top.proxy.metering.meter import Meter


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

    callers = Callers([11435], find)  # type: ignore[arg-type]
    for _ in range(3):  # the second and the third time it is too early
        callers.look_at([seen.client], lambda: told.append(1))
        await until(lambda: seen.client.caller is not UNKNOWN)
    assert (asked, told) == ([11435], [1])
    assert seen.client.caller[0] == Known("curl", Source.PROCESSES)


@pytest.mark.parametrize(("host", "says"), [("10.0.0.9", "another machine"), ("::1", "only Linux tells")])
async def test_a_caller_that_cannot_be_found_has_a_reason(host: str, says: str) -> None:
    meter = Meter()
    connection = meter.opened((host, 1), 0.0)
    callers = Callers([11435], None)
    callers.look_at([connection.client], lambda: None)  # type: ignore[attr-defined]
    await until(lambda: connection.client.caller is not UNKNOWN)  # type: ignore[attr-defined]
    name, pid = connection.client.caller  # type: ignore[attr-defined]
    assert isinstance(name, Missing)
    assert says in name.hint
    assert pid == name
