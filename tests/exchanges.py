"""Exchanges of a proxy written by hand, for whoever reads them."""

from datetime import UTC, datetime

from ollama_top.model.exchange import Dialect, Exchange, Phase, Route
from ollama_top.model.proxy import Proxy
from ollama_top.model.reading import Known, Missing, Source, Why

NOT = Missing(Why.ABSENT, "not told")
DONE = Exchange(
    id=1,
    began_at=datetime(2026, 11, 25, tzinfo=UTC),
    client_address="127.0.0.1:40001",
    client=NOT,
    client_pid=NOT,
    user_agent=NOT,
    dialect=Dialect.OLLAMA,
    route=Route.CHAT,
    model=Known("m", Source.PROXY),
    streamed=NOT,
    num_ctx=NOT,
    keep_alive=NOT,
    num_predict=NOT,
    phase=Phase.DONE,
    status=Known(200, Source.PROXY),
    failure=None,
    finish=NOT,
    queue_s=NOT,
    load_s=NOT,
    prefill_s=NOT,
    ttft_s=NOT,
    total_s=Known(2.0, Source.PROXY),
    prompt_tokens=NOT,
    output_tokens=NOT,
    tokens_per_s=NOT,
    request_bytes=1,
    reply_bytes=1,
    transfer=None,
)

PROXY = Proxy(
    listen="127.0.0.1:11435",
    upstream="http://127.0.0.1:11434",
    pid=4711,
    version="1",
    started_at=datetime(2026, 11, 25, tzinfo=UTC),
    holding=False,
    connections=1,
    opaque=0,
    opaque_total=0,
    exchanges_total=0,
    running=0,
    waiting=0,
)
