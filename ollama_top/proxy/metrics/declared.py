"""Every metric, declared once: the text for Prometheus, the dashboard's test and docs are made of these."""

from functools import partial

from ollama_top.metrics.metric import Metric

PREFIX = "ollama_top_proxy_"
SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
RATES = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 120.0, 200.0, 400.0)


_metric = partial(Metric, PREFIX)
OF_MODEL = ("model",)
INFO = _metric("info", "The proxy; always 1.", ("version", "upstream"))
REQUESTS = _metric(
    "requests_total",
    "Requests that ended, by the status of their reply; `none` where there was none, `other` for a number"
    " that is no status of HTTP (from 600 on).",
    ("model", "route", "status"),
)
FAILURES = _metric("failures_total", "Metered requests that failed.", ("model", "route", "failure"))
LEFT = _metric("clients_left_total", "Metered requests whose client left before the end.", ("model", "route"))
QUEUE = _metric(
    "queue_seconds",
    "How long requests waited for a place in the runner, where it is told.",
    OF_MODEL,
    SECONDS,
)
TTFT = _metric(
    "time_to_first_token_seconds",
    "From a request's first byte to the first content of its streamed answer.",
    OF_MODEL,
    SECONDS,
)
TOTAL = _metric("request_seconds", "How long metered requests took that were answered.", OF_MODEL, SECONDS)
RATE = _metric("tokens_per_second", "Tokens written a second, of each answer.", OF_MODEL, RATES)
PROMPT = _metric("prompt_tokens_total", "Tokens of prompts, as far as replies tell.", OF_MODEL)
OUTPUT = _metric("output_tokens_total", "Tokens written, as far as replies tell.", OF_MODEL)
RUNNING = _metric("running", "Metered requests that have not ended.")
WAITING = _metric("waiting", "Of them those of which nothing of the answer has come.")
REQUEST_BYTES = _metric("request_bytes_total", "Bytes of requests' content.")
REPLY_BYTES = _metric("reply_bytes_total", "Bytes of replies' content.")
CONNECTIONS = _metric("connections", "Connections of clients that are open.")
OPAQUE = _metric("opaque_connections", "Of them those whose bytes cannot be read.")
OPAQUE_TOTAL = _metric("opaque_connections_total", "Connections that could not be read.")

METRICS = (
    *(INFO, REQUESTS, FAILURES, LEFT, QUEUE, TTFT, TOTAL, RATE, PROMPT, OUTPUT),
    *(RUNNING, WAITING, REQUEST_BYTES, REPLY_BYTES, CONNECTIONS, OPAQUE, OPAQUE_TOTAL),
)
"""All of them, in the order in which they are told."""
