"""What Ollama's API is asked to do: everything that changes the server goes out here.

Must never be called but by an action that a user has agreed to.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from ollama_top.model.action import Keep, Progress
from ollama_top.model.installed import InstalledModel
from ollama_top.ollama import keeping, pulling, replies
from ollama_top.ollama.pulling import Download
from ollama_top.sources.http import Http, HttpError

NO_GENERATE = "does not support generate"
BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class Commands:
    """The orders that one server can be given; every one raises HttpError or BadReplyError."""

    http: Http

    async def installed(self) -> tuple[InstalledModel, ...]:
        """The models on disk."""
        return replies.parse_tags(await self.http.get("/api/tags"))

    async def unload(self, name: str) -> None:
        """Let a model go as soon as it is idle."""
        await self.http.post("/api/generate", {"model": name, "keep_alive": 0})

    async def load(self, name: str) -> None:
        """Bring a model into memory and wait for it; leaving early breaks the load off."""
        await self._touch(name, {})

    async def load_for(self, name: str, keep_alive_s: int, options: Mapping[str, Any]) -> None:
        """Bring a model into memory with these options, for so long; a negative time is for ever."""
        await self._touch(name, {"keep_alive": keep_alive_s} | ({"options": options} if options else {}))

    async def keep(self, action: Keep) -> None:
        """Set a model's keep-alive, with the options that it was loaded with.

        A model that is no longer in memory is let be, since the request would load it.
        """
        found = next((each for each in await self.loaded() if each.name == action.model), None)
        if found is None:
            raise HttpError(f"{action.model} is no longer in memory: nothing was asked of the server")
        shown = replies.parse_show(await self.http.post("/api/show", {"model": action.model}))
        version = replies.parse_version(await self.http.get("/api/version"))
        options = keeping.options(found.context_tokens or action.context_tokens, shown, version)
        await self._touch(
            action.model,
            {"keep_alive": keeping.keep_alive(action.keep_s)} | ({"options": options} if options else {}),
        )

    async def expire_in(self, name: str, seconds: float, options: Mapping[str, Any]) -> None:
        """Set when a loaded model is let go, from now; `options` are those that it was loaded with."""
        changes: dict[str, Any] = {"keep_alive": f"{seconds:.3f}s"} | (
            {"options": options} if options else {}
        )
        await self._touch(name, changes)

    async def loaded(self) -> tuple[replies.PsModel, ...]:
        """The models in memory, with the time at which each is let go."""
        return replies.parse_ps(await self.http.get("/api/ps"))

    async def pull(self, name: str, tell: Callable[[Progress], None]) -> None:
        """Download a model; told at most twice a second how far it is, and at once of a new phase."""
        download, told_at_s, phase, status = Download(), 0.0, "", ""
        async with aclosing(self.http.lines("/api/pull", {"model": name})) as lines:
            async for text in lines:
                line = pulling.parse_line(text)
                if line.error is not None:
                    raise HttpError(line.error)
                now_s, status = time.monotonic(), line.status
                download, progress = pulling.follow(download, line, now_s)
                if status != phase or now_s - told_at_s >= pulling.TELL_EVERY_S:
                    tell(progress)
                    told_at_s, phase = now_s, status
        if status != pulling.SUCCESS:
            raise HttpError(f"broke off after {status!r}" if status else "answered nothing")
        await self._prove(name)

    async def _prove(self, name: str) -> None:
        """That what was pulled is listed."""
        listed = {pulling.full_name(each.name) for each in await self.installed()}
        if pulling.full_name(name) not in listed:
            raise HttpError(f"says success, and /api/tags does not list {name}")

    async def _touch(self, name: str, changes: Mapping[str, Any]) -> None:
        """A request without a prompt: it loads, and no more. Models for embeddings take another."""
        try:
            await self.http.post("/api/generate", {"model": name, **changes})
        except HttpError as error:
            if error.status != BAD_REQUEST or NO_GENERATE not in str(error):
                raise
            await self.http.post("/api/embed", {"model": name, "input": [], **changes})
