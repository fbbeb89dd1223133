"""Exchanges of a proxy, written by hand: each builder knows a value for all that it is not told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ollama_top.model.exchange import Dialect, Exchange, Phase, Route
from ollama_top.model.proxy import Proxy
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.tapped import Tapped

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
NOT = Missing(Why.ABSENT, "not told")
LISTEN, UPSTREAM, PROXY_PID = "127.0.0.1:11435", "http://127.0.0.1:11434", 990
_WAITING = Exchange(
    id=1,
    began_at=NOW,
    client_address="127.0.0.1:50001",
    upstream_address=NOT,
    client=Known("curl", Source.PROCESSES),
    client_pid=Known(4711, Source.PROCESSES),
    user_agent=NOT,
    dialect=Dialect.OLLAMA,
    route=Route.CHAT,
    model=Known("gemma3:270m", Source.PROXY),
    streamed=Known(value=True, source=Source.PROXY),
    num_ctx=NOT,
    keep_alive=NOT,
    num_predict=NOT,
    phase=Phase.WAITING,
    status=NOT,
    failure=None,
    finish=NOT,
    queue_s=NOT,
    load_s=NOT,
    prefill_s=NOT,
    ttft_s=NOT,
    total_s=NOT,
    prompt_tokens=NOT,
    output_tokens=NOT,
    tokens_per_s=NOT,
    request_bytes=100,
    reply_bytes=0,
    transfer=None,
)


def exchange(number: int = 1, *, calls_from: int | None = None, **changes: Any) -> Exchange:
    """One that waits; `calls_from` is the port from which the proxy calls the server for it."""
    end = NOT if calls_from is None else Known(f"127.0.0.1:{calls_from}", Source.PROXY)
    address = f"127.0.0.1:{50_000 + number}"
    return replace(_WAITING, id=number, client_address=address, upstream_address=end, **changes)


def done(number: int = 1, *, later_s: float = 0.0, **changes: Any) -> Exchange:
    """One that was answered: 1 s in the queue, the first token after 2 s, 30 tokens in 5 s altogether."""
    times = {"queue_s": 1.0, "ttft_s": 2.0, "total_s": 5.0}
    told = {
        **{name: Known(value, Source.PROXY) for name, value in times.items()},
        "prompt_tokens": Known(7, Source.API),
        "output_tokens": Known(30, Source.API),
        "tokens_per_s": Known(10.0, Source.API),
        "phase": Phase.DONE,
        "began_at": NOW + timedelta(seconds=later_s),
    }
    return exchange(number, **{**told, **changes})


def proxy(**changes: Any) -> Proxy:
    """A proxy before the server of the tests' Frames."""
    is_stopping = is_holding = False
    whole = Proxy(LISTEN, UPSTREAM, PROXY_PID, "0.1.0", NOW, is_stopping, is_holding, 1, 0, 0, 0, 0, 0)
    return replace(whole, **changes)


def tapped(*running: Exchange, finished: tuple[Exchange, ...] = (), **changes: Any) -> Tapped:
    """What its feed tells."""
    return replace(Tapped("/run/feed.sock", proxy(), running, finished, is_ready=True), **changes)
