"""A server for the meter's tests: does what each request tells it to, and writes down what it did.

Runs as a process of its own, until its input ends; a GET tells what was written down. Speaks all three
dialects as Ollama prints them, with statistics of its own making.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

PATHS = {
    "generate": "/api/generate",
    "chat": "/api/chat",
    "openai": "/v1/chat/completions",
    "completions": "/v1/completions",
    "responses": "/v1/responses",
    "messages": "/v1/messages",
}
BUSY = '{"error":"server busy, please try again.  maximum pending requests exceeded"}'
NO_MODEL = """{"error":"model 'nope' not found"}"""


@dataclass
class Plan:
    """What the server shall do with one request; part of the request."""

    way: str
    stream: bool = True
    queue_s: float = 0.0
    load_s: float = 0.0
    prefill_s: float = 0.0
    tokens: int = 5
    pace_s: float = 0.0
    prompt_tokens: int = 7
    end: str = "done"  # or "busy", "not_found", "cut", "hang"


@dataclass
class Written:
    """What the server did."""

    plan: Plan
    first_s: float | None = None  # from the request's head to the first content
    tokens: int = 0
    total_s: float = 0.0
    reply_bytes: int = 0


@dataclass
class MeteredServer:
    """Listens on a port, by default a free one."""

    wanted_port: int = 0
    written: dict[str, Written] = field(default_factory=dict)  # by the model that was asked for
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> "MeteredServer":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.wanted_port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                began_s = monotonic()
                size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or b"0")
                asked = json.loads(await reader.readexactly(size) or b"{}")
                if not asked:
                    body = json.dumps({name: asdict(each) for name, each in self.written.items()}).encode()
                    writer.write(_head(200, "application/json", len(body)) + body)
                    continue
                done = Written(Plan(**asked["plan"]))
                self.written[asked["model"]] = done
                await self._answer(done, asked["model"], reader, writer, began_s)
                done.total_s = monotonic() - began_s
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, done: Written, model: str, reader: asyncio.StreamReader, writer: Any, began_s: float
    ) -> None:
        plan = done.plan
        if plan.end in {"busy", "not_found"}:
            body = (BUSY if plan.end == "busy" else NO_MODEL).encode()
            done.reply_bytes = len(body)
            writer.write(_head(503 if plan.end == "busy" else 404, "application/json", len(body)) + body)
            return
        await asyncio.sleep(plan.queue_s + plan.load_s + plan.prefill_s)
        pieces = WAYS[plan.way](model, plan)
        kind = "application/x-ndjson" if plan.way in {"generate", "chat"} else "text/event-stream"
        if plan.stream:
            writer.write(_head(200, kind, None))
        for number in range(plan.tokens):
            piece = pieces.piece(number)
            done.first_s = monotonic() - began_s if done.first_s is None and plan.stream else done.first_s
            done.tokens += 1
            done.reply_bytes += len(piece) if plan.stream else 0
            if plan.stream:
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await asyncio.sleep(plan.pace_s)
            if number == plan.tokens // 2 and plan.end == "cut":
                writer.transport.abort()
                raise ConnectionResetError
            if number == plan.tokens // 2 and plan.end == "hang":
                await reader.read()  # until the client has left
                raise ConnectionResetError
        end = pieces.end(monotonic() - began_s)
        done.reply_bytes += len(end)
        writer.write(
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(end), end)
            if plan.stream
            else _head(200, "application/json", len(end)) + end
        )
        await writer.drain()


def _head(status: int, kind: str, size: int | None) -> bytes:
    framing = "Transfer-Encoding: chunked" if size is None else f"Content-Length: {size}"
    return f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{framing}\r\n\r\n".encode()


class Pieces:
    """How one dialect prints an answer."""

    def __init__(self, model: str, plan: Plan) -> None:
        self.model = model
        self.plan = plan

    def piece(self, number: int) -> bytes:
        raise NotImplementedError

    def end(self, total_s: float) -> bytes:
        raise NotImplementedError

    @property
    def usage(self) -> dict[str, int]:
        return {"prompt_tokens": self.plan.prompt_tokens, "completion_tokens": self.plan.tokens}

    @property
    def other_usage(self) -> dict[str, int]:
        return {"input_tokens": self.plan.prompt_tokens, "output_tokens": self.plan.tokens}


class Native(Pieces):
    def said(self, text: str) -> dict[str, Any]:
        return {"response": text} if self.plan.way == "generate" else {"message": {"content": text}}

    def piece(self, number: int) -> bytes:
        return _line({"model": self.model, **self.said(f"t{number}"), "done": False})

    def end(self, total_s: float) -> bytes:
        plan = self.plan
        write_s = total_s - plan.queue_s - plan.load_s - plan.prefill_s
        return _line(
            {
                "model": self.model,
                **self.said("" if plan.stream else "whole"),
                "done": True,
                "done_reason": "stop",
                "total_duration": round(total_s * 1e9),
                "load_duration": round(plan.load_s * 1e9),
                "prompt_eval_count": plan.prompt_tokens,
                "prompt_eval_duration": round(plan.prefill_s * 1e9),
                "eval_count": plan.tokens,
                "eval_duration": round(write_s * 1e9),
            }
        )


class OpenAi(Pieces):
    def piece(self, number: int) -> bytes:
        said = (
            {"text": f"t{number}"} if self.plan.way == "completions" else {"delta": {"content": f"t{number}"}}
        )
        return _data({"model": self.model, "choices": [{**said, "finish_reason": None}]})

    def end(self, total_s: float) -> bytes:
        end = {"model": self.model, "choices": [{"message": {"content": "x"}, "finish_reason": "stop"}]}
        if not self.plan.stream:
            return _line(end | {"usage": self.usage})
        return _data(end) + _data({"choices": [], "usage": self.usage}) + b"data: [DONE]\n\n"


class Responses(Pieces):
    def piece(self, number: int) -> bytes:
        return _event("response.output_text.delta", {"delta": f"t{number}"})

    def end(self, total_s: float) -> bytes:
        response = {"status": "completed", "output": [], "usage": self.other_usage}
        return _event("response.completed", {"response": response}) if self.plan.stream else _line(response)


class Messages(Pieces):
    def piece(self, number: int) -> bytes:
        return _event("content_block_delta", {"delta": {"type": "text_delta", "text": f"t{number}"}})

    def end(self, total_s: float) -> bytes:
        if not self.plan.stream:
            return _line({"type": "message", "stop_reason": "end_turn", "usage": self.other_usage})
        delta = {"delta": {"stop_reason": "end_turn"}, "usage": self.other_usage}
        return _event("message_delta", delta) + _event("message_stop", {})


WAYS: dict[str, type[Pieces]] = {
    "generate": Native,
    "chat": Native,
    "openai": OpenAi,
    "completions": OpenAi,
    "responses": Responses,
    "messages": Messages,
}


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"


def _data(document: dict[str, Any]) -> bytes:
    return b"data: " + _line(document) + b"\n"


def _event(name: str, document: dict[str, Any]) -> bytes:
    return f"event: {name}\n".encode() + _data({"type": name, **document})


async def main() -> None:
    async with MeteredServer(int(sys.argv[1])) as server:
        print(server.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
