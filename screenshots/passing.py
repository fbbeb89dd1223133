"""What a proxy's meter would have seen of the simulated requests: for the picture of its page.

Must never make a value up: bytes as the server would send them go through the meter.
"""

import json

from ollama_top.demo.connection import Request
from ollama_top.demo.happened import Chronicle, What
from ollama_top.demo.scheduler import Runner
from ollama_top.demo.slotbank import Slot
from ollama_top.model.reading import Known, Source
from ollama_top.proxy.metering.meter import Connection, Meter
from ollama_top.proxy.watching import ExchangeWatch, ReplyHead, RequestHead


class Passing(Chronicle):
    """A chronicle that has a proxy's meter watch each request that ends, as if it had passed a proxy."""

    def __init__(self) -> None:
        super().__init__()
        self.meter = Meter()
        self._loads: dict[str, tuple[float, float]] = {}  # the last of each model, from when to when

    def of_runner(
        self, what: What, runner: Runner, now_s: float, *, port: int = 0, began_s: float = 0.0
    ) -> None:
        """Note when a model was loaded: who asked for it meanwhile has waited for that."""
        super().of_runner(what, runner, now_s, port=port, began_s=began_s)
        if what is What.LOADED:
            self._loads[runner.model.name] = (began_s, now_s)

    def of_request(self, what: What, request: Request | None, now_s: float) -> None:
        """Tell the meter of one that has ended, byte by byte as it would see it."""
        super().of_request(what, request, now_s)
        if request is None or what not in {What.ANSWERED, What.REFUSED, What.LEFT}:
            return
        watch = self._asked(request)
        if what is What.LEFT:
            watch.client_left(now_s)
            return
        kind = b"application/x-ndjson" if request.call.caller.is_streamed else b"application/json"
        watch.reply(ReplyHead(200 if request.slot else 503, ((b"Content-Type", kind),)), now_s)
        if request.slot is not None:
            self._answer(watch, request, request.slot, now_s)
        watch.reply_ended(now_s)

    def _asked(self, request: Request) -> ExchangeWatch:
        call = request.call
        connection = self.meter.opened(("127.0.0.1", 50_000 + self.meter.exchanges_total), request.asked_s)
        assert isinstance(connection, Connection)  # noqa: S101 - the meter's own
        connection.client.caller = (
            Known(call.caller.name, Source.PROCESSES),
            Known(call.pid, Source.PROCESSES),
        )
        body = json.dumps({"model": call.caller.model}).encode()
        length = (b"Content-Length", str(len(body)).encode())
        path = "/api/embed" if request.ask.model.is_embedding else "/api/chat"
        watch = connection.exchange(RequestHead("POST", path, (length,)), request.asked_s)
        watch.request_body(body, request.asked_s)
        watch.request_ended(request.asked_s)
        connection.closed(request.asked_s)
        return watch

    def _answer(self, watch: ExchangeWatch, request: Request, slot: Slot, now_s: float) -> None:
        """The first word where it was written, and the statistics at the end."""
        began_s, ended_s = self._loads.get(request.ask.model.name, (0.0, 0.0))
        load_s = max(0.0, ended_s - max(began_s, request.asked_s))
        if request.call.caller.is_streamed:
            watch.reply_body(b'{"message":{"content":"a"}}\n', now_s - slot.answer_s)
        times_s = {"total_duration": now_s - request.asked_s, "load_duration": load_s}
        times_s |= {"prompt_eval_duration": slot.prompt_s, "eval_duration": slot.answer_s}
        durations = {name: round(1e9 * each) for name, each in times_s.items()}
        counts = {
            "prompt_eval_count": request.call.prompt_tokens,
            "eval_count": request.call.answer_tokens,
        }
        end = {"message": {"content": ""}, "done": True, "done_reason": "stop", **durations, **counts}
        watch.reply_body(json.dumps(end).encode() + b"\n", now_s)
