"""What is read of a request, and what of it is kept."""

import pytest
from proxied import begin, running

from ollama_top.model.exchange import Route
from ollama_top.model.reading import Known
from ollama_top.proxy.metering.meter import Meter


@pytest.mark.parametrize(
    "target", ["/api/chat?x=1", "http://localhost:11434/api/chat", "/api/%63hat", "http://h/api/chat?y"]
)
def test_a_path_is_read_as_the_server_reads_it(target: str) -> None:
    meter = Meter()
    begin(meter, target, b'{"model":"m"}')
    assert running(meter).route is Route.CHAT


def test_what_a_client_says_of_itself_is_kept_in_part_only() -> None:
    meter = Meter()
    begin(meter, "/api/chat", b"{}", fields=[(b"user-agent", b"x" * 100_000)])
    assert len(meter.running[1].user_agent or b"") <= 200


@pytest.mark.parametrize(("written", "told"), [('"5m"', "5m"), ("300", "300"), ('"my secret text"', None)])
def test_only_a_duration_is_told_of_keep_alive(written: str, told: str | None) -> None:
    meter = Meter()
    begin(meter, "/api/chat", b'{"model":"m","keep_alive":' + written.encode() + b"}")
    found = running(meter).keep_alive
    assert (found.value if isinstance(found, Known) else None) == told
