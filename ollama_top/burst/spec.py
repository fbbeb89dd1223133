"""What is to be sent: defaults that fit the server, and what a user has to agree to first. Pure."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ollama_top.burst.configured import configured
from ollama_top.burst.dialects import Dialect, Embed, Generate, Work
from ollama_top.columns import formats
from ollama_top.control.load import choices
from ollama_top.control.sight import model_named
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.installed import InstalledModel
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Why, value_or
from ollama_top.ollama import families, keeping
from ollama_top.ollama.replies import DescribedModel

USUAL_TOKENS, USUAL_PROMPT_TOKENS, USUAL_LIMIT_S = 128, 128, 300.0
MOST_UNASKED, MOST_REQUESTS = 32, 500
MOST_TOKENS, MOST_PROMPT_TOKENS = 100_000, 200_000
UNKNOWN_PARALLEL = 4  # of a server elsewhere: enough to tell one from several
CLOUD = ("-cloud", ":cloud")


class CannotMeasureError(Exception):
    """There is nothing that could be measured; the text says why."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user asked for; None is left to the defaults."""

    requests: int | None = None
    model: str | None = None
    tokens: int = USUAL_TOKENS
    prompt_tokens: int = USUAL_PROMPT_TOKENS
    limit_s: float = USUAL_LIMIT_S  # for one round: one request alone, or all at once


@dataclass(frozen=True, slots=True)
class Spec:
    """One burst, ready to be sent."""

    model: str
    requests: int
    tokens: int
    prompt_tokens: int
    limit_s: float
    salt: int  # of its prompts
    is_embedding: bool = False
    held_at_one: str | None = None  # why it is served one at a time by its kind; None when it is not
    loads: bool = False  # whether the model is not in memory yet
    options: Mapping[str, Any] = field(default_factory=dict)  # those that the model was loaded with
    consents: tuple[str, ...] = ()  # what a user has to agree to, a sentence each

    @property
    def dialect(self) -> Dialect:
        """How Ollama is asked."""
        work = Work(self.model, self.tokens, self.prompt_tokens, self.salt)
        return Embed(work, self.options) if self.is_embedding else Generate(work, self.options)


def check(wishes: Wishes) -> str | None:
    """What is wrong with what was asked for; None when nothing is."""
    if wishes.requests is not None and not 1 <= wishes.requests <= MOST_REQUESTS:
        return f"-n: {wishes.requests} is not between 1 and {MOST_REQUESTS} requests"
    if not 1 <= wishes.tokens <= MOST_TOKENS:
        return f"--tokens: {wishes.tokens} is not between 1 and {MOST_TOKENS}"
    if not 1 <= wishes.prompt_tokens <= MOST_PROMPT_TOKENS:
        return f"--prompt-tokens: {wishes.prompt_tokens} is not between 1 and {MOST_PROMPT_TOKENS}"
    if not (math.isfinite(wishes.limit_s) and wishes.limit_s > 0):
        return f"--timeout: {wishes.limit_s} is no number of seconds"
    return None


def usual_requests(parallel: int) -> int:
    """Requests that tell whether so many are served at once: some of them have to wait."""
    return min(max(2 * parallel, parallel + 2), MOST_UNASKED)


def loaded_model(snapshot: Snapshot) -> str | None:
    """The model to ask by default: of those in memory the first, which was used last."""
    usable = (each for each in snapshot.models if each.state not in {ModelState.GONE, ModelState.STOPPING})
    return next((each.name.value for each in usable if isinstance(each.name, Known)), None)


def smallest(installed: tuple[InstalledModel, ...]) -> list[InstalledModel]:
    """The models that run here, the smallest first; those of no known size last."""
    return sorted(
        choices(installed), key=lambda each: math.inf if each.size_bytes is None else each.size_bytes
    )


def is_cloud(name: str, installed: tuple[InstalledModel, ...]) -> bool:
    """Whether a model runs on another server than this one."""
    return name.endswith(CLOUD) or any(each.is_remote for each in installed if each.name == name)


def writes(described: DescribedModel) -> bool:
    """Whether a model writes answers; one that does not tell is taken to."""
    capabilities = described.shown.capabilities
    return capabilities is None or "completion" in capabilities


def spec(wishes: Wishes, described: DescribedModel, frame: Frame, *, is_local: bool, salt: int) -> Spec:
    """What to send to a model; raises CannotMeasureError for one that neither writes nor embeds."""
    capabilities = described.shown.capabilities or ()
    if not writes(described) and "embedding" not in capabilities:
        raise CannotMeasureError(f"{described.name} neither writes answers nor embeds")
    model = model_named(frame, described.name)
    context = value_or(model.context_tokens, None) if model else None
    version = value_or(frame.snapshot.server.version, None)
    requests = wishes.requests or usual_requests(_expected(described.name, frame))
    return Spec(
        model=described.name,
        requests=requests,
        tokens=wishes.tokens,
        prompt_tokens=wishes.prompt_tokens,
        limit_s=wishes.limit_s,
        salt=salt,
        is_embedding=not writes(described),
        held_at_one=_held_at_one(described, version),
        loads=model is None,
        options=keeping.options(context, described.shown, version) if model else {},
        consents=tuple(_consents(wishes, requests, described, frame, is_local=is_local)),
    )


def _held_at_one(described: DescribedModel, version: str | None) -> str | None:
    release = families.parse_release(version) if version else None
    shown = described.shown
    return families.why_held_at_one(shown.family, release, shown.capabilities) if release else None


def serves_others(frame: Frame) -> bool:
    """Whether the server that will be asked serves others; that of the demo is asked beside its clients."""
    queue = frame.snapshot.queue
    is_busy = bool(value_or(queue.running, 0) or value_or(queue.waiting, 0))
    return is_busy and not frame.snapshot.demo


def _expected(name: str, frame: Frame) -> int:
    """The most requests at once that there is a word of."""
    model = model_named(frame, name)
    said = [configured(frame.snapshot).number, model.parallel if model else None]
    numbers = [each.value for each in said if isinstance(each, Known)]
    return max(numbers) if numbers else _unsaid(frame.snapshot)


def _unsaid(snapshot: Snapshot) -> int:
    return 1 if isinstance(snapshot.server.pid, Known) else UNKNOWN_PARALLEL


def _consents(
    wishes: Wishes, requests: int, described: DescribedModel, frame: Frame, *, is_local: bool
) -> Iterator[str]:
    if model_named(frame, described.name) is None and wishes.model is None:
        yield would_load(described.name, described.file_bytes)
    if requests > MOST_UNASKED:
        yield f"{requests} requests at once are more than the usual {MOST_UNASKED}."
    yield from reasons(frame, is_local=is_local)


def would_load(name: str, file_bytes: int | None) -> str:
    """What has to be agreed to where no model is in memory."""
    size = "" if file_bytes is None else f" ({formats.size(file_bytes)} on disk)"
    return f"No model is in memory: {name}{size} would be loaded."


def reasons(frame: Frame, *, is_local: bool = True) -> Iterator[str]:
    """What has to be agreed to whatever is sent: another machine, other users.

    Another machine is told by the address (not `is_local`), or by its process, which is not to be seen here
    where the address leads away, through a tunnel.
    """
    snapshot = frame.snapshot
    pid = snapshot.server.pid
    if not is_local:
        yield f"{snapshot.server.url} is another machine."
    elif isinstance(pid, Missing) and pid.why is Why.NOT_LOCAL:
        yield f"{snapshot.server.url} is elsewhere: {pid.hint}."
    if serves_others(frame):
        running, waiting = value_or(snapshot.queue.running, 0), value_or(snapshot.queue.waiting, 0)
        yield (
            f"The server is serving others: {running} in service, {waiting} waiting. They would be slower,"
            " and so would what is measured."
        )
