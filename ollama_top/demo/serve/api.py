"""Ollama's own API, answered by the simulation: key for key, status for status."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ollama_top.demo import documents
from ollama_top.demo.catalogue import Model
from ollama_top.demo.pulls import Pulls, pullable
from ollama_top.demo.serve import access, inference, journal
from ollama_top.demo.serve.errand import RunnerError
from ollama_top.demo.serve.hub import BusyError, Hub, LoadError
from ollama_top.demo.serve.saying import NDJSON, ApiError, fail, parse, say, written
from ollama_top.demo.serve.wire import Answer, Question
from ollama_top.ollama import pulling

TEXT = "text/plain"
BUSY = "server busy, please try again.  maximum pending requests exceeded"
LOAD_FAILED = "llama-server process has terminated: exit status 1"
READS = {"/", "/api/version", "/api/ps", "/api/tags"}
WRITES = {"/api/pull", "/api/show", "/api/generate", "/api/chat", "/api/embed", "/api/embeddings"}


class Api:
    """Answers one server's questions."""

    def __init__(
        self, hub: Hub, models: Sequence[Model], folder: str, pulls: Pulls, *, is_loopback: bool
    ) -> None:
        """Prepare; `folder` is where the weights are said to lie."""
        self._hub = hub
        self._models = {each.name: each for each in models}
        self._folder = folder
        self._pulls = pulls
        self._is_loopback = is_loopback
        self._version = hub.scheduler.settings.version

    async def handle(self, question: Question, answer: Answer) -> None:
        """Answer one question, and note it in the log when it is done."""
        began_s = time.monotonic()
        try:
            await self._answer(question, answer)
        except ApiError as error:
            await fail(answer, error.status, error.words)
        except BusyError:
            await fail(answer, 503, BUSY)
        except (LoadError, RunnerError) as error:
            await fail(answer, 500, str(error) or LOAD_FAILED)
        finally:
            status = answer.status or access.CLIENT_GONE
            seconds = time.monotonic() - began_s
            journal.write(journal.request(status, seconds, question.client, question.method, question.path))

    async def _answer(self, question: Question, answer: Answer) -> None:
        if self._is_loopback and not access.is_allowed(question.headers.get("host", "")):
            await answer.whole(403, b"", None)
        elif question.path == "/api/ps" and not documents.has_ps(self._version):
            await answer.whole(404, b"404 page not found", TEXT)
        elif question.path in READS and question.method in {"GET", "HEAD"}:
            await self._read(question, answer)
        elif question.path in WRITES and question.method == "POST":
            await self._write(question.path, parse(question.body), answer)
        elif question.path in READS | WRITES:
            await answer.whole(405, b"405 method not allowed", TEXT)
        else:
            await answer.whole(404, b"404 page not found", TEXT)

    async def _read(self, question: Question, answer: Answer) -> None:
        if question.path == "/":
            await answer.whole(200, b"Ollama is running", "text/plain; charset=utf-8")
            return
        now_s = time.time()
        found: Mapping[str, documents.Document] = {
            "/api/version": {"version": self._version},
            "/api/tags": documents.tags(self._models.values(), self._version),
            "/api/ps": documents.ps(self._hub.scheduler.runners, self._version, now_s, _moment),
        }
        await say(answer, 200, found[question.path])

    async def _write(self, path: str, wanted: Mapping[str, Any], answer: Answer) -> None:
        name = str(wanted.get("model") or wanted.get("name") or "")
        if path == "/api/pull":
            await self._pull(name, answer)
            return
        model = self._model(name)
        if path == "/api/show":
            await say(answer, 200, documents.show(model, self._folder))
        elif path in {"/api/embed", "/api/embeddings"}:
            await inference.embed(self._hub, model, wanted, answer)
        else:
            await inference.complete(self._hub, model, wanted, answer, is_chat=path == "/api/chat")

    async def _pull(self, name: str, answer: Answer) -> None:
        """A stream that has long been answered with 200 when something fails."""
        model = pullable(name)
        await answer.begin(NDJSON)
        for wait_s, line in self._pulls.steps(model):
            await asyncio.sleep(wait_s)
            await answer.piece(written(line) + b"\n")
            if model is not None and line.get("status") == pulling.SUCCESS:
                self._models[model.name] = model
        await answer.end()

    def _model(self, name: str) -> Model:
        for each in (name, f"{name}:latest"):
            if each in self._models:
                return self._models[each]
        raise ApiError(404, f"model '{name}' not found")


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
