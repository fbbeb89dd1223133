"""Every metric, declared once: the text for Prometheus, the dashboard's test and docs are made of these."""

from dataclasses import dataclass

PREFIX = "ollama_top_proxy_"
SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
RATES = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0, 120.0, 200.0, 400.0)


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One metric: a histogram with `buckets`, a counter by a name that ends in `_total`, else a gauge."""

    name: str  # without the prefix
    doc: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def full_name(self) -> str:
        """As Prometheus sees it."""
        return PREFIX + self.name

    @property
    def kind(self) -> str:
        """As Prometheus calls it."""
        if self.buckets:
            return "histogram"
        return "counter" if self.name.endswith("_total") else "gauge"


OF_MODEL = ("model",)
INFO = Metric("info", "The proxy; always 1.", ("version", "upstream"))
REQUESTS = Metric(
    "requests_total",
    "Requests that ended, by the status of their reply; `none` where there was none, `other` for a number"
    " that is no status of HTTP (from 600 on).",
    ("model", "route", "status"),
)
FAILURES = Metric("failures_total", "Metered requests that failed.", ("model", "route", "failure"))
LEFT = Metric("clients_left_total", "Metered requests whose client left before the end.", ("model", "route"))
QUEUE = Metric(
    "queue_seconds",
    "How long requests waited for a place in the runner, where it is told.",
    OF_MODEL,
    SECONDS,
)
TTFT = Metric(
    "time_to_first_token_seconds",
    "From a request's first byte to the first content of its streamed answer.",
    OF_MODEL,
    SECONDS,
)
TOTAL = Metric("request_seconds", "How long metered requests took that were answered.", OF_MODEL, SECONDS)
RATE = Metric("tokens_per_second", "Tokens written a second, of each answer.", OF_MODEL, RATES)
PROMPT = Metric("prompt_tokens_total", "Tokens of prompts, as far as replies tell.", OF_MODEL)
OUTPUT = Metric("output_tokens_total", "Tokens written, as far as replies tell.", OF_MODEL)
RUNNING = Metric("running", "Metered requests that have not ended.")
WAITING = Metric("waiting", "Of them those of which nothing of the answer has come.")
REQUEST_BYTES = Metric("request_bytes_total", "Bytes of requests' content.")
REPLY_BYTES = Metric("reply_bytes_total", "Bytes of replies' content.")
CONNECTIONS = Metric("connections", "Connections of clients that are open.")
OPAQUE = Metric("opaque_connections", "Of them those whose bytes cannot be read.")
OPAQUE_TOTAL = Metric("opaque_connections_total", "Connections that could not be read.")

METRICS = (
    *(INFO, REQUESTS, FAILURES, LEFT, QUEUE, TTFT, TOTAL, RATE, PROMPT, OUTPUT),
    *(RUNNING, WAITING, REQUEST_BYTES, REPLY_BYTES, CONNECTIONS, OPAQUE, OPAQUE_TOTAL),
)
"""All of them, in the order in which they are told."""
