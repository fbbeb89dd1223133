"""Looks at a server before a sweep: its release, the model, and what will be done."""

from collections.abc import Callable, Iterator, Sequence

from ollama_top.burst import spec as specs
from ollama_top.burst.spec import CannotMeasureError, Spec
from ollama_top.model.installed import InstalledModel
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
TRIED_MODELS = 8  # of those installed, until one is found that writes


Recall = Callable[[str], Sequence[KeptSweep]]
"""Gives what is kept of a model's sweeps."""


async def prepare(stand: Stand, wishes: SweepWishes, salt: int, recall: Recall) -> Plan:
    """What will be done, by what there is; raises CannotMeasureError."""
    http = stand.http(ASK_S)
    try:
        version = replies.parse_version(await http.get("/api/version"))
        described = await _described(OllamaApi(http), wishes.model)
    except NoSuchModelError as error:
        raise CannotMeasureError(f"{error}; --models names the folder where it is") from None
    except (HttpError, BadReplyError) as error:
        raise CannotMeasureError(f"the server cannot be asked: {error}") from None
    finally:
        await http.close()
    return plan_of(wishes, described, version, salt, recall(described.name))


async def _described(api: OllamaApi, wished: str | None) -> DescribedModel:
    """The model that was named, else the smallest that writes."""
    installed = replies.parse_tags(await api.http.get("/api/tags"))
    if wished is not None:
        if specs.is_cloud(wished, installed):
            raise CannotMeasureError(f"{wished} runs on another server: a sweep would measure that one")
        return await api.describe(wished)
    for each in specs.smallest(installed)[:TRIED_MODELS]:
        described = await api.describe(each.name)
        if specs.writes(described):
            return described
    raise CannotMeasureError(_none_writes(installed))


def _none_writes(installed: Sequence[InstalledModel]) -> str:
    if not installed:
        return "no model is installed in this server's folder; --models names another"
    return "no model is installed that writes answers; --model names one that embeds"


def plan_of(
    wishes: SweepWishes, described: DescribedModel, version: str, salt: int, kept: Sequence[KeptSweep]
) -> Plan:
    """What will be done; raises CannotMeasureError for a model that neither writes nor embeds. Pure."""
    capabilities = described.shown.capabilities or ()
    if not specs.writes(described) and "embedding" not in capabilities:
        raise CannotMeasureError(f"{described.name} neither writes answers nor embeds")
    release = families.parse_release(version)
    spec = Spec(
        model=described.name,
        requests=1,
        tokens=wishes.tokens,
        prompt_tokens=wishes.prompt_tokens,
        limit_s=wishes.limit_s,
        salt=salt,
        is_embedding=not specs.writes(described),
        held_at_one=_held_at_one(described, release),
    )
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
        notes=tuple(_notes(wishes, described, spec)),
        refused=refused,
    )


def _held_at_one(described: DescribedModel, release: Release | None) -> str | None:
    shown = described.shown
    return families.why_held_at_one(shown.family, release, shown.capabilities) if release else None


def _notes(wishes: SweepWishes, described: DescribedModel, spec: Spec) -> Iterator[str]:
    """What makes a variable tell nothing for this model."""
    names = {each.variable.name for each in wishes.axes}
    if NUM_PARALLEL in names and spec.held_at_one is not None:
        yield f"{described.name} is served one at a time whatever {NUM_PARALLEL} says: {spec.held_at_one}."
    own = described.shown.context_tokens
    if CONTEXT in names and own is not None:
        yield f"{described.name} brings a context of its own ({own} tokens), which goes before {CONTEXT}."
