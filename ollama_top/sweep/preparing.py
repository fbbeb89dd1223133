"""Looks at a server before a sweep: its release, the model, and what will be done."""

from collections.abc import Callable, Iterator, Sequence

from ollama_top.burst import spec as specs
from ollama_top.burst.choosing import described
from ollama_top.burst.spec import CannotMeasureError, Spec
from ollama_top.model.sweep import KeptSweep
from ollama_top.ollama import families, replies
from ollama_top.ollama.environment import NUM_PARALLEL
from ollama_top.ollama.families import Release
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.replies import DescribedModel
from ollama_top.ollama.wishes import CONTEXT
from ollama_top.sources.api import NoSuchModelError, OllamaApi
from ollama_top.sources.http import HttpError
from ollama_top.sweep import axes
from ollama_top.sweep.bench import Stand
from ollama_top.sweep.keeping import last_alike
from ollama_top.sweep.plan import Plan
from ollama_top.sweep.wishes import SweepWishes

ASK_S = 20.0

Recall = Callable[[str], Sequence[KeptSweep]]
"""Gives what is kept of a model's sweeps."""


async def prepare(stand: Stand, wishes: SweepWishes, salt: int, recall: Recall) -> Plan:
    """What will be done, by what there is; raises CannotMeasureError."""
    http = stand.http(ASK_S)
    try:
        version = replies.parse_version(await http.get("/api/version"))
        model = await _model(OllamaApi(http), wishes.model)
    except NoSuchModelError as error:
        raise CannotMeasureError(f"{error}; --models names the folder where it is") from None
    except (HttpError, BadReplyError) as error:
        raise CannotMeasureError(f"the server cannot be asked: {error}") from None
    finally:
        await http.close()
    return plan_of(wishes, model, version, salt, recall(model.name))


async def _model(api: OllamaApi, wished: str | None) -> DescribedModel:
    """The model that was named, else the smallest that writes."""
    installed = replies.parse_tags(await api.http.get("/api/tags"))
    if wished is None and not installed:
        raise CannotMeasureError("no model is installed in this server's folder; --models names another")
    return await described(wished, installed, api.describe, "a sweep")


def plan_of(
    wishes: SweepWishes, model: DescribedModel, version: str, salt: int, kept: Sequence[KeptSweep]
) -> Plan:
    """What will be done; raises CannotMeasureError for a model that neither writes nor embeds. Pure."""
    release = families.parse_release(version)
    spec = _spec(wishes, model, release, salt)
    every = tuple(axes.combinations(wishes.axes))
    problems = ((at, axes.problem_for(each, release)) for at, each in enumerate(every))
    refused = {at: problem for at, problem in problems if problem is not None}
    if len(refused) == len(every):
        raise CannotMeasureError(refused[0])
    return Plan(
        axes=wishes.axes,
        combinations=every,
        version=version,
        release=release,
        spec=spec,
        repeats=wishes.repeats,
        ttft_limit_s=wishes.ttft_limit_s,
        before=last_alike((spec.model, spec.tokens, spec.prompt_tokens), kept),
        notes=tuple(_notes(wishes, model, spec)),
        refused=refused,
    )


def _spec(wishes: SweepWishes, model: DescribedModel, release: Release | None, salt: int) -> Spec:
    """What each burst is, but for the number of its requests."""
    is_writer = specs.writes(model)
    if not is_writer and "embedding" not in (model.shown.capabilities or ()):
        raise CannotMeasureError(f"{model.name} neither writes answers nor embeds")
    return Spec(
        model=model.name,
        requests=1,
        tokens=wishes.tokens,
        prompt_tokens=wishes.prompt_tokens,
        limit_s=wishes.limit_s,
        salt=salt,
        is_embedding=not is_writer,
        held_at_one=_held_at_one(model, release),
    )


def _held_at_one(model: DescribedModel, release: Release | None) -> str | None:
    shown = model.shown
    return families.why_held_at_one(shown.family, release, shown.capabilities) if release else None


def _notes(wishes: SweepWishes, model: DescribedModel, spec: Spec) -> Iterator[str]:
    """What makes a variable tell nothing for this model."""
    names = {each.variable.name for each in wishes.axes}
    if NUM_PARALLEL in names and spec.held_at_one is not None:
        yield f"{model.name} is served one at a time whatever {NUM_PARALLEL} says: {spec.held_at_one}."
    own = model.shown.context_tokens
    if CONTEXT in names and own is not None:
        yield f"{model.name} brings a context of its own ({own} tokens), which goes before {CONTEXT}."
