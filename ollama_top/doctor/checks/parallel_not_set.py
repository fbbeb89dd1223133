"""The server was started without the variables that decide how many requests and models it takes."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import is_absent, running_evidence, setting
from ollama_top.model.finding import to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity
from ollama_top.ollama.environment import NUM_PARALLEL

OTHERS = ("OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE")
PROPOSED = "4"  # what Ollama itself tried before 0.6.7; the what-if tells its memory


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    parallel = setting(snapshot, NUM_PARALLEL)
    if parallel is not None and _is_default(parallel):
        yield Found(
            title=f"{NUM_PARALLEL} is not set: {_meaning(parallel.default)}",
            cause="The running server was started without it, and nothing sets it for the next start.",
            evidence=(running_evidence(snapshot, parallel),),
            fix=to_set(**{NUM_PARALLEL: PROPOSED}),
            subject=NUM_PARALLEL,
        )
        return  # the others matter less than this one
    found = [each for name in OTHERS if (each := setting(snapshot, name)) and _is_default(each)]
    if found:
        means = "; ".join(f"without {each.name}: {each.default}" for each in found)
        yield Found(
            title=f"{' and '.join(each.name for each in found)} {'is' if len(found) == 1 else 'are'} not set",
            cause=f"Ollama's own choice holds ({means}).",
            evidence=tuple(running_evidence(snapshot, each) for each in found),
            subject=found[0].name,
            severity=Severity.INFO,
        )


def _is_default(each: Setting) -> bool:
    return each.status is SettingStatus.DEFAULT and is_absent(each.running)


def _meaning(default: str) -> str:
    return "each model serves one at a time" if default == "1" else f"Ollama chooses ({default})"


CHECK = Check(
    "parallel-not-set",
    f"whether the running server has {NUM_PARALLEL}, OLLAMA_MAX_LOADED_MODELS and OLLAMA_MAX_QUEUE",
    Severity.WARNING,
    _look,
)
