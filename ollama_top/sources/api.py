"""Ollama's own API: what it says of itself and of its models.

Asks no more than it must: each question is a line in the server's log.
"""

import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field

from ollama_top.model.installed import InstalledModel
from ollama_top.model.reading import Missing, Why
from ollama_top.ollama import replies
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.replies import DescribedModel, PsModel, ShownModel
from ollama_top.sources.http import Http, HttpError

VERSION_EVERY_S = 30.0
LOADED_AGAIN_S = 60.0  # after an answer that there is no /api/ps
INSTALLED_EVERY_S = 60.0
SHOWN_A_LOOK = 8
SHOWN_AGAIN_S = 10.0  # after an answer that was none
VERBOSE_LIMIT_BYTES = 64 << 20
"""A vocabulary told in full: 6 MB for 262,144 tokens, more for those that come with their merges."""


class NoSuchModelError(Exception):
    """A model that is not installed; the text says so."""


@dataclass(frozen=True, slots=True)
class ApiLook:
    """What the API said at one look."""

    version: str | None
    models: tuple[PsModel, ...]
    shown: Mapping[str, ShownModel]  # by model name
    installed: tuple[InstalledModel, ...] = ()
    notes: tuple[str, ...] = ()  # what was asked besides and not answered
    at_s: float = 0.0  # monotonic, when it was told what is loaded
    tells_loaded: bool = True  # whether there is /api/ps


@dataclass(slots=True)
class OllamaApi:
    """The API of one server, with what it said before and need not be asked again."""

    http: Http
    _tells_loaded: bool = True
    _loaded_again_s: float = 0.0
    _version: str | None = None
    _version_due_s: float = 0.0
    _installed: tuple[InstalledModel, ...] = ()
    _installed_due_s: float = 0.0
    _shown: dict[str, ShownModel] = field(default_factory=dict)  # by digest, else by name
    _show_again_s: dict[str, float] = field(default_factory=dict)  # by the same
    _seen: dict[str, PsModel] = field(
        default_factory=dict
    )  # by name; the log tells of them when they are gone
    _described: dict[str, ShownModel] = field(default_factory=dict)  # likewise, with all that was withheld

    async def look(self, now_s: float, orphan_paths: Sequence[str]) -> ApiLook:
        """Ask what is loaded, and what is new about it.

        `orphan_paths` are weights held by runners that no loaded model explains: installed
        models are asked for theirs, so that a model being loaded has a name. Raises HttpError
        or BadReplyError when the server cannot tell what is loaded.
        """
        notes: list[str] = []
        models = await self._loaded(now_s, notes)
        at_s = time.monotonic()
        await self._note(self._ask_version(now_s), notes)
        await self._ask_shown(now_s, models, notes)
        if self._unexplained(orphan_paths):
            await self._note(self._ask_installed(now_s), notes)
            await self._ask_shown(now_s, self._installed, notes)
        self._seen |= {each.name: each for each in models}
        named: list[PsModel | InstalledModel] = [*self._seen.values(), *self._installed, *models]
        shown = {each.name: self._shown[_key(each)] for each in named if _key(each) in self._shown}
        return ApiLook(self._version, models, shown, self._installed, tuple(notes), at_s, self._tells_loaded)

    async def describe(self, name: str) -> DescribedModel:
        """All that is told of an installed model; a `latest` may be left out of its name.

        A second, large answer is asked for only where the first withholds a list, and once a model.
        Raises HttpError, BadReplyError, and NoSuchModelError.
        """
        installed = {each.name: each for each in replies.parse_tags(await self.http.get("/api/tags"))}
        model = installed.get(name) or installed.get(f"{name}:latest")
        if model is None:
            raise NoSuchModelError(f"no model {name!r} is installed")
        if _key(model) not in self._described:
            self._described[_key(model)] = await self._shown_whole(model.name)
        return DescribedModel(model.name, model.size_bytes, self._described[_key(model)])

    async def _shown_whole(self, name: str) -> ShownModel:
        shown = replies.parse_show(await self.http.post("/api/show", {"model": name}))
        if not isinstance(shown.architecture, Missing) or shown.architecture.why is not Why.PENDING:
            return shown
        question = {"model": name, "verbose": True}
        body = await self.http.post("/api/show", question, limit_bytes=VERBOSE_LIMIT_BYTES)
        return replies.parse_show(body)

    async def _loaded(self, now_s: float, notes: list[str]) -> tuple[PsModel, ...]:
        if self._tells_loaded or now_s >= self._loaded_again_s:
            try:
                body = await self.http.get("/api/ps")
            except HttpError as error:
                if error.status != 404:
                    raise
                self._tells_loaded, self._loaded_again_s = False, now_s + LOADED_AGAIN_S
            else:
                self._tells_loaded = True
                if number := replies.left_out(body):
                    notes.append(
                        f"{number} of the models in memory cannot be shown: they are told without a name"
                    )
                return replies.parse_ps(body)
        # before 0.1.38 there is no /api/ps; whoever answers /api/version is Ollama all the same
        self._version = replies.parse_version(await self.http.get("/api/version"))
        return ()

    async def _note(self, asking: Coroutine[None, None, None], notes: list[str]) -> None:
        """Let a question that is not vital fail, and keep why."""
        try:
            await asking
        except (HttpError, BadReplyError) as error:
            notes.append(str(error))

    async def _ask_version(self, now_s: float) -> None:
        if self._version is None or now_s >= self._version_due_s:
            self._version_due_s = now_s + VERSION_EVERY_S
            self._version = replies.parse_version(await self.http.get("/api/version"))

    async def _ask_installed(self, now_s: float) -> None:
        if now_s >= self._installed_due_s:
            self._installed_due_s = now_s + INSTALLED_EVERY_S
            self._installed = replies.parse_tags(await self.http.get("/api/tags"))

    async def _ask_shown(
        self, now_s: float, models: Sequence[PsModel | InstalledModel], notes: list[str]
    ) -> None:
        """Ask after some of the models that are new; one that cannot be shown keeps none of the rest back."""
        new = [each for each in models if _key(each) not in self._shown]
        due = [each for each in new if now_s >= self._show_again_s.get(_key(each), 0.0)]
        for model in due[:SHOWN_A_LOOK]:
            self._show_again_s[_key(model)] = now_s + SHOWN_AGAIN_S
            await self._note(self._show(model), notes)

    async def _show(self, model: PsModel | InstalledModel) -> None:
        self._shown[_key(model)] = replies.parse_show(
            await self.http.post("/api/show", {"model": model.name})
        )

    def _unexplained(self, paths: Sequence[str]) -> bool:
        known = {each.blob_path for each in self._shown.values()}
        return any(path not in known for path in paths)


def _key(model: PsModel | InstalledModel) -> str:
    return model.digest or model.name
