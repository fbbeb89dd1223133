"""A runner without flash attention, where it would save memory and time."""

import shlex
from collections.abc import Iterator
from functools import lru_cache

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of, running_evidence, setting, shown
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.process import Process, ProcessKind
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.setting import Setting
from ollama_top.model.verdict import Severity
from ollama_top.ollama.argv import turns_flash_attention_off
from ollama_top.ollama.values import Kind, understood

NAME = "OLLAMA_FLASH_ATTENTION"
LONG_CONTEXT_TOKENS = 8192


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    without = {each.pid: each for each in snapshot.processes if _is_without(each)}
    for model in snapshot.models:
        runner = without.get(value_or(model.runner_pid, 0))
        if runner is not None and _would_gain(model):
            yield _found(model, runner, snapshot)


def _is_without(process: Process) -> bool:
    return process.kind is ProcessKind.RUNNER and _turns_off(value_or(process.command, ""))


@lru_cache(maxsize=256)  # a runner's command line stays as it is from look to look
def _turns_off(command: str) -> bool:
    return turns_flash_attention_off(shlex.split(command))


def _would_gain(model: LoadedModel) -> bool:
    parallel, context = value_or(model.parallel, 1), value_or(model.context_tokens, 0)
    return parallel > 1 or context >= LONG_CONTEXT_TOKENS


def _found(model: LoadedModel, runner: Process, snapshot: Snapshot) -> Found:
    told = setting(snapshot, NAME)
    is_chosen = _is_off(told)
    return Found(
        title=f"{name_of(model)} runs without flash attention",
        cause=f"{NAME} turns it off."
        if is_chosen
        else "Ollama leaves it out where a GPU, by its generation, cannot do it, and where it is told to.",
        evidence=(
            Evidence(f"its runner (pid {runner.pid}) was started with --flash-attn off", Source.PROCESSES),
            Evidence(
                f"it serves {shown(model.parallel)} at once, {shown(model.context_tokens)} tokens each",
                getattr(model.parallel, "source", Source.API),
            ),
            *([running_evidence(snapshot, told)] if told else []),
        ),
        fix=to_set(**{NAME: "1"}) if is_chosen else None,
        settle=None if is_chosen else f"whether its GPUs can do it; {NAME}=1 has Ollama try",
        subject=name_of(model),
    )


def _is_off(told: Setting | None) -> bool:
    running = told.running if told else None
    return isinstance(running, Known) and understood(Kind.SWITCH, running.value).value == "false"


CHECK = Check(
    "flash-attention-off",
    "runners without flash attention that serve several at once, or a long context",
    Severity.INFO,
    _look,
)
