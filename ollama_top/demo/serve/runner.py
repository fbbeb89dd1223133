"""A simulated runner: the process that holds a model, told apart by its command line as real ones are.

Ends with its server: its standard input is a pipe that the server holds.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

from ollama_top.demo import documents
from ollama_top.demo.serve import journal
from ollama_top.demo.serve.orders import RunnerOrders, read_orders
from ollama_top.demo.serve.pump import Done, Pump
from ollama_top.demo.serve.wire import Answer, Question, Wire
from ollama_top.demo.serve.words import word
from ollama_top.demo.slotbank import Job, SlotBank
from ollama_top.ollama.argv import Generation, RunnerArgs, parse_runner

JSON = "application/json; charset=utf-8"
PLAIN_JSON = "application/json"
LLAMA_HEADERS = {"Server": "llama.cpp", "Access-Control-Allow-Origin": ""}
NO_SLOT = {"code": 503, "message": "all slots are busy", "type": "unavailable_error"}
NOT_FOUND = {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}}
NOT_READY = {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}
NO_EMBEDDINGS = "This server does not support embeddings. Start it with `--embeddings`"
NO_METRICS = {
    "error": {
        "code": 501,
        "message": "This server does not support metrics endpoint. Start it with `--metrics`",
        "type": "not_supported_error",
    }
}


class SimulatedRunner:
    """What one runner process answers."""

    def __init__(self, args: RunnerArgs, orders: RunnerOrders) -> None:
        """Prepare; nothing is answered but /health until it is loaded."""
        self._args = args
        self._orders = orders
        self._bank = SlotBank.of(orders.parallel, orders.pace)
        self._pump = Pump(self._bank)
        self._turn = asyncio.Lock()  # of an MLX runner
        self._is_loaded = False
        self._began_s = time.monotonic()

    async def run(self) -> None:
        """Load, then answer until the server is gone."""
        loop = asyncio.get_running_loop()
        generation = self._args.generation
        handlers = {
            Generation.LLAMA_SERVER: self._llama,
            Generation.GO: self._go,
            Generation.CPP: self._cpp,
            Generation.MLX: self._mlx,
        }
        handler, extra = handlers[generation], LLAMA_HEADERS if generation is Generation.LLAMA_SERVER else {}
        if generation is Generation.MLX:
            await self._load()  # it listens only then
        listener = await loop.create_server(lambda: Wire(handler, extra), "127.0.0.1", self._args.port)
        pumping = loop.create_task(self._pump.run())
        loading = None if self._is_loaded else loop.create_task(self._load())
        await _end_of_input()
        if loading is not None:
            loading.cancel()
        pumping.cancel()
        listener.close()

    async def _load(self) -> None:
        orders = self._orders
        lines = journal.of_load(self._args.generation, orders.parallel, orders.context_tokens)
        await asyncio.sleep(orders.load_s)
        for line in lines:
            journal.write(line)
        self._is_loaded = True

    async def _llama(self, question: Question, answer: Answer) -> None:
        """The endpoints of a llama-server."""
        match question.path:
            case "/health":
                state = (200, {"status": "ok"}) if self._is_loaded else (503, NOT_READY)
                await _say(answer, *state)
            case _ if not self._is_loaded:
                await _say(answer, 503, NOT_READY)
            case "/slots":
                await self._tell_slots(answer)
            case "/props":
                path, orders = self._args.model_path, self._orders
                await _say(answer, 200, documents.props(path, orders.parallel, orders.context_tokens))
            case "/completion":
                await self._complete(question, answer, "text/event-stream", b"data: %b\n\n")
            case "/embedding":
                await self._embed(question, answer)
            case "/metrics":
                await _say(answer, 501, NO_METRICS)
            case _:
                await _say(answer, 404, NOT_FOUND)

    async def _tell_slots(self, answer: Answer) -> None:
        """The slots as of now; a real runner notes it in the log when all are idle."""
        self._pump.catch_up()
        if not self._bank.busy:
            journal.write(journal.ALL_IDLE)
        await _say(answer, 200, documents.slots(self._bank, self._orders.context_tokens))

    async def _go(self, question: Question, answer: Answer) -> None:
        """The endpoints of a Go runner, which tells nothing of its slots."""
        match question.path:
            case "/health":
                health = documents.go_health(self._orders.version, self._progress())
                await _say(answer, 200, health, PLAIN_JSON)
            case "/info":
                await _say(answer, 200, [], PLAIN_JSON)
            case "/completion":
                await self._complete(question, answer, PLAIN_JSON, b"%b\n")
            case "/embedding":
                await self._embed(question, answer)
            case _:
                await answer.whole(404, b"404 page not found\n", "text/plain; charset=utf-8")

    def _progress(self) -> float:
        """How far the load is."""
        gone = (time.monotonic() - self._began_s) / max(self._orders.load_s, 1e-3)
        return 1.0 if self._is_loaded else min(0.99, gone)

    async def _cpp(self, question: Question, answer: Answer) -> None:
        """The endpoints of the C++ server, as its source has them."""
        match question.path:
            case "/health" if not self._is_loaded:
                text = f'{{"status": "loading model", "progress": {self._progress():.2f}}}'
                await answer.whole(503, text.encode(), "application/json")
            case "/health":
                self._pump.catch_up()
                await _say(answer, 200, documents.cpp_health(self._bank))
            case "/slots":
                self._pump.catch_up()
                slots = documents.cpp_slots(self._bank, self._orders.context_tokens)
                await _say(answer, 200, slots)
            case "/completion":
                await self._complete(question, answer, "text/event-stream", b"data: %b\n\n")
            case "/embedding":
                await self._embed(question, answer)
            case _:
                await answer.whole(404, b"File Not Found", "text/plain; charset=utf-8")

    async def _mlx(self, question: Question, answer: Answer) -> None:
        """The endpoints of an MLX runner, as its source has them; who comes later waits in it."""
        moved = {"/health": "/v1/status", "/completion": "/v1/completions"}.get(question.path)
        if moved is not None:
            await answer.moved(308, moved)
            return
        match question.path:
            case "/v1/status":
                status = {"Status": 0, "Progress": 100, "ContextLength": self._orders.context_tokens}
                await _say(answer, 200, {**status, "Memory": 1 << 30}, PLAIN_JSON)
            case "/v1/completions":
                async with self._turn:
                    await self._complete(question, answer, "application/jsonl", b"%b\n")
            case _:
                await answer.whole(404, b"404 page not found\n", "text/plain; charset=utf-8")
        journal.write(journal.of_mlx(question.method, question.path, answer.status))

    async def _complete(self, question: Question, answer: Answer, content_type: str, frame: bytes) -> None:
        wanted = json.loads(question.body)
        job = Job(wanted["n_prompt"], wanted["n_predict"])
        if len(self._bank.busy) == len(self._bank.slots):
            await _say(answer, 503, {"error": NO_SLOT})
            return
        async with aclosing(self._pump.serve(job)) as steps:
            is_begun = False
            async for step in steps:
                if not is_begun:
                    await answer.begin(content_type)
                    is_begun = True
                said = _final(step) if isinstance(step, Done) else {"content": word(*step), "stop": False}
                await answer.piece(frame % json.dumps(said).encode())
        await answer.end()

    async def _embed(self, question: Question, answer: Answer) -> None:
        if not self._orders.is_embedding:
            await _say(
                answer, 501, {"error": {"code": 501, "message": NO_EMBEDDINGS, "type": "not_supported_error"}}
            )
            return
        wanted = json.loads(question.body)
        async with aclosing(self._pump.serve(Job(wanted["n_prompt"], 0))) as steps:
            async for _ in steps:
                pass
        vector = [round(((index * 37) % 101 - 50) / 500, 6) for index in range(self._orders.embedding_length)]
        await _say(answer, 200, {"embedding": vector})


def main(argv: Sequence[str]) -> int:
    """Be a runner with this command line."""
    args = parse_runner(argv)
    if args is None or args.port is None:
        sys.stderr.write("a simulated runner needs --model and --port\n")
        return 1
    asyncio.run(SimulatedRunner(args, read_orders(os.environ)).run())
    return 0


async def _end_of_input() -> None:
    """Wait until nobody holds the other end of the standard input any more."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


def _final(done: Done) -> Mapping[str, Any]:
    """The last object of a completion, with its timings in milliseconds."""
    return {
        "content": "",
        "stop": True,
        "stop_type": "limit",
        "timings": {
            "prompt_n": done.prompt_tokens,
            "prompt_ms": round(1000 * done.prompt_s, 3),
            "predicted_n": done.answer_tokens,
            "predicted_ms": round(1000 * done.answer_s, 3),
        },
    }


async def _say(answer: Answer, status: int, document: object, content_type: str = JSON) -> None:
    text = json.dumps(document, separators=(",", ":"))
    await answer.whole(status, (text + ("\n" if content_type == PLAIN_JSON else "")).encode(), content_type)
