"""One simulated connection to the API, with the counters that the kernel keeps of it. Pure."""

from dataclasses import dataclass

from ollama_top.demo.callers import Call
from ollama_top.demo.scheduler import Ask
from ollama_top.demo.slotbank import Slot

HEAD_BYTES = 170
WORD_BYTES = 5
CHUNK_BYTES = 104  # of a streamed token with its frame
FINAL_BYTES = 420
PORTS = range(34_000, 60_000)


@dataclass(slots=True, eq=False)
class Request:
    """A call under way; `slot` is None until it is in service."""

    call: Call
    ask: Ask
    asked_s: float
    slot: Slot | None = None
    told_tokens: int = 0


@dataclass(slots=True, eq=False)
class Connection:
    """A client's connection; between two requests it may stay open for a while."""

    number: int
    pid: int
    name: str
    opened_s: float
    linger_s: float
    request: Request | None = None
    received_bytes: int = 0
    sent_bytes: int = 0
    sent_segments: int = 0
    last_received_s: float = 0.0
    last_sent_s: float = 0.0

    @property
    def port(self) -> int:
        """The client's port."""
        return PORTS[self.number * 37 % len(PORTS)]

    def is_over(self, now_s: float) -> bool:
        """Whether the client closes it, unused for long enough."""
        return self.request is None and now_s - self.last_sent_s >= self.linger_s

    def ask(self, request: Request, now_s: float) -> None:
        """The client sends a request."""
        self.request, self.last_received_s = request, now_s
        self.received_bytes += HEAD_BYTES + WORD_BYTES * request.call.prompt_tokens

    def tell(self, now_s: float) -> None:
        """Send what is new of a streamed answer."""
        request = self.request
        if request is None or request.slot is None or not request.call.caller.is_streamed:
            return
        tokens = request.slot.written_tokens - request.told_tokens
        if tokens > 0:
            request.told_tokens += tokens
            self.sent_bytes += tokens * CHUNK_BYTES
            self.sent_segments += tokens
            self.last_sent_s = now_s - request.slot.quiet_s

    def finish(self, now_s: float) -> None:
        """Send the end of the answer."""
        if self.request is not None and not self.request.call.caller.is_streamed:
            self.sent_bytes += WORD_BYTES * self.request.call.answer_tokens
        self.sent_bytes += FINAL_BYTES
        self.sent_segments += 1
        self.last_sent_s, self.request = now_s, None
