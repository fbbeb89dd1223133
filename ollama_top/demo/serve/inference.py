"""/api/generate, /api/chat and /api/embed: wait for a place, pass on what the runner writes."""

import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ollama_top.demo.catalogue import Model
from ollama_top.demo.documents import has_llama_server, timestamp
from ollama_top.demo.durations import parse_duration
from ollama_top.demo.scheduler import Ask
from ollama_top.demo.serve.hub import Hub, Place
from ollama_top.demo.serve.saying import NDJSON, ApiError, say, written
from ollama_top.demo.serve.wire import Answer
from ollama_top.demo.serve.words import count_tokens
from ollama_top.demo.slotbank import Job

USUAL_ANSWER_TOKENS = 128
NO_EMBEDDINGS = "this model does not support embeddings"
OK = 200
OPTIONS = {  # sent along with every request; a monitor tells requests from questions by their size
    "num_ctx": 4096,
    "num_batch": 512,
    "num_gpu": -1,
    "num_keep": 4,
    "seed": -1,
    "num_predict": -1,
    "top_k": 40,
    "top_p": 0.9,
    "typical_p": 1,
    "repeat_last_n": 64,
    "temperature": 0.8,
    "repeat_penalty": 1.1,
}
Wanted = Mapping[str, Any]
Steps = AsyncGenerator[tuple[str, Mapping[str, Any] | None], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """The form of one reply: of /api/chat or of /api/generate."""

    model: str
    is_chat: bool

    def step(self, text: str) -> dict[str, Any]:
        """One token."""
        return {**self._start(text), "done": False}

    def last(self, text: str, reason: str, statistics: Mapping[str, Any]) -> dict[str, Any]:
        """The last object, or the only one."""
        return {**self._start(text), "done": True, "done_reason": reason, **statistics}

    def _start(self, text: str) -> dict[str, Any]:
        said = {"message": {"role": "assistant", "content": text}} if self.is_chat else {"response": text}
        return {"model": self.model, "created_at": timestamp(datetime.now(UTC)), **said}


async def complete(hub: Hub, model: Model, wanted: Wanted, answer: Answer, *, is_chat: bool) -> None:
    """Answer /api/generate or /api/chat; raises ApiError and what waiting for a place raises."""
    reply = Reply(str(wanted.get("model", model.name)), is_chat)
    prompt = _chat_text(wanted) if is_chat else str(wanted.get("prompt") or "")
    ask = _ask(model, wanted)
    if not prompt and ask.keep_alive_s == 0:
        hub.unload(model)
        await say(answer, OK, reply.last("", "unload", {}))
        return
    if model.is_embedding:
        raise ApiError(400, f'"{model.name}" does not support {"chat" if is_chat else "generate"}')
    began_s = time.monotonic()
    if not prompt:
        await hub.load(ask)
        await say(answer, OK, reply.last("", "load", {}))
        return
    async with hub.place(ask) as place:
        job = _job(prompt, wanted, place.context_tokens)
        async with aclosing(_steps(place, job, began_s, has_context=not is_chat)) as steps:
            if wanted.get("stream", True):
                await _stream(steps, reply, answer)
                return
            told = [step async for step in steps]
    await say(answer, OK, reply.last("".join(text for text, _ in told), "length", told[-1][1] or {}))


async def embed(hub: Hub, model: Model, wanted: Wanted, answer: Answer) -> None:
    """Answer /api/embed; raises ApiError and what waiting for a place raises."""
    given = wanted.get("input") or wanted.get("prompt") or ""
    texts = [str(each) for each in given] if isinstance(given, list) else [str(given)]
    tokens = sum(map(count_tokens, texts))
    began_s = time.monotonic()
    if not given:  # it loads, and no more
        await hub.load(_ask(model, wanted))
        await say(answer, OK, {"model": str(wanted.get("model", model.name)), "embeddings": []})
        return
    async with hub.place(_ask(model, wanted)) as place:
        status, body = await place.errands.fetch("POST", "/embedding", {"n_prompt": tokens})
    said = json.loads(body)
    if status != OK:
        is_llama = has_llama_server(hub.scheduler.settings.version)
        raise ApiError(status, said["error"]["message"] if is_llama else NO_EMBEDDINGS)
    document = {
        "model": str(wanted.get("model", model.name)),
        "embeddings": [said["embedding"] for _ in texts],
        "total_duration": _ns(time.monotonic() - began_s),
        "load_duration": _ns(place.load_s),
        "prompt_eval_count": tokens,
    }
    await say(answer, OK, document)


async def _stream(steps: Steps, reply: Reply, answer: Answer) -> None:
    """Each token in a piece of its own, as soon as it is written."""
    is_begun = False
    async for text, statistics in steps:
        if not is_begun:
            await answer.begin(NDJSON)
            is_begun = True
        said = reply.step(text) if statistics is None else reply.last("", "length", statistics)
        await answer.piece(written(said) + b"\n")
    await answer.end()


async def _steps(place: Place, job: Job, began_s: float, *, has_context: bool) -> Steps:
    """The text of each token with None, then no text with the statistics."""
    work = {"n_prompt": job.prompt_tokens, "n_predict": job.answer_tokens, "stream": True, "options": OPTIONS}
    async with aclosing(place.errands.lines("/completion", work)) as lines:
        async for line in lines:
            if not line["stop"]:
                yield line["content"], None
                continue
            timings = line["timings"]
            context = (
                {"context": list(range(1, job.prompt_tokens + timings["predicted_n"]))} if has_context else {}
            )
            yield (
                "",
                {
                    **context,
                    "total_duration": _ns(time.monotonic() - began_s),
                    "load_duration": _ns(place.load_s),
                    "prompt_eval_count": timings["prompt_n"],
                    "prompt_eval_duration": _ns(timings["prompt_ms"] / 1000),
                    "eval_count": timings["predicted_n"],
                    "eval_duration": _ns(timings["predicted_ms"] / 1000),
                },
            )


def _ask(model: Model, wanted: Wanted) -> Ask:
    """What the scheduler needs to know; raises ApiError for a `keep_alive` that is no duration."""
    keep_alive = wanted.get("keep_alive")
    seconds = None if keep_alive is None else parse_duration(str(keep_alive))
    if keep_alive is not None and seconds is None:
        raise ApiError(400, f'time: invalid duration "{keep_alive}"')
    context = _options(wanted).get("num_ctx")
    return Ask(model, context if isinstance(context, int) and context > 0 else None, seconds)


def _job(prompt: str, wanted: Wanted, context_tokens: int) -> Job:
    """A prompt that is too long is cut, and an answer ends where the context does."""
    limit = _options(wanted).get("num_predict")
    answer_tokens = limit if isinstance(limit, int) and limit > 0 else USUAL_ANSWER_TOKENS
    prompt_tokens = min(count_tokens(prompt), context_tokens - 1)
    return Job(prompt_tokens, min(answer_tokens, context_tokens - prompt_tokens))


def _options(wanted: Wanted) -> Mapping[str, Any]:
    options = wanted.get("options")
    return options if isinstance(options, dict) else {}


def _chat_text(wanted: Wanted) -> str:
    messages = wanted.get("messages")
    told = messages if isinstance(messages, list) else []
    return " ".join(str(each.get("content", "")) for each in told if isinstance(each, dict))


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
