"""One line of the log: whose words it is, when it was said, how much it matters, and what it says.

A runner prints lines without quotes. Some of what it prints comes from others: a chat template lies
in the model's file, a grammar in a request. So a line of a load counts only during a load, and
nothing is done to a server because of what its log says.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from ollama_top.model.log import LineKind
from ollama_top.model.verdict import Severity
from ollama_top.ollama.log import config, memory, requests, scheduling, starting
from ollama_top.ollama.log.framing import Statement, parse_statement
from ollama_top.ollama.log.memory import Part
from ollama_top.ollama.log.secrets import without_prompts, without_secrets

Said = (
    config.ServerConfig
    | config.Listening
    | config.Compute
    | config.DefaultContext
    | config.InvalidVariable
    | starting.Starting
    | starting.Committed
    | starting.SlotsMade
    | starting.Offloaded
    | starting.LoadTook
    | starting.LoadFailed
    | memory.Buffer
    | memory.Cache
    | memory.ContextSetting
    | memory.TotalMemory
    | memory.PromptCache
    | memory.VramUpdated
    | scheduling.Evicting
    | scheduling.OutOfMemory
    | scheduling.ForcedToOne
    | scheduling.Truncating
    | scheduling.TooLong
    | scheduling.ContextTooLarge
    | scheduling.CacheTypeIgnored
    | scheduling.Aborting
    | requests.Answered
    | requests.SlotTaken
    | requests.SlotReleased
    | requests.SlotTimed
)
"""All that a line can tell; each is declared where its subject is."""

SEVERITIES = {"ERROR": Severity.ERROR, "WARN": Severity.WARNING, "INFO": Severity.INFO}
CONTEXT_OOM = "the context is made smaller, and it is tried again"
EVICT_OOM = "all other models go, and it is tried again"
RUNTIME_OOM = "all models go before the next request"


class Parsed(NamedTuple):  # made for every line, and cheaper to make than a dataclass
    """A line, taken apart."""

    kind: LineKind
    severity: Severity
    at: datetime | None  # without a zone where the line has none
    words: str  # as written; of a request nothing, since all of it is told
    place: str = ""
    said: Said | None = None

    @property
    def text(self) -> str:
        """The line as it may be shown; worked out when it is, since most lines are not."""
        if isinstance(self.said, requests.Answered):
            return without_secrets(requests.described(self.said))
        return without_secrets(self.words)


def parse_line(line: str) -> Parsed:
    """Any line whatever; what is not known is the words of a runner."""
    if line.startswith("[GIN]"):
        answered = requests.answered(line)
        if answered is not None:
            return _request(answered)
    statement = parse_statement(line)
    if statement is not None:
        return _statement(statement)
    return Parsed(LineKind.RUNNER, Severity.OK, None, line, said=_runner(line))


def _request(said: requests.Answered) -> Parsed:
    bad = Severity.ERROR if said.status >= 500 else Severity.WARNING
    severity = bad if said.status >= 400 else Severity.OK
    return Parsed(LineKind.REQUEST, severity, said.at, "", said=said)


def _statement(of: Statement) -> Parsed:
    text = f"{of.message} {of.rest}" if of.rest else of.message
    severity = SEVERITIES.get(of.level)
    if severity is None:  # what is said to those who debug holds prompts
        text, severity = without_prompts(text), Severity.OK
    return Parsed(LineKind.SERVER, severity, of.at, text, of.place, _server(of))


def _server(of: Statement) -> Said | None:
    known = MESSAGES.get(of.message)
    if known is not None:
        return known(of.rest)
    start = of.message.partition(" ")[0]
    told = STARTS.get(start)
    return told(of.message) if told else None


MESSAGES: Mapping[str, Callable[[str], Said | None]] = {
    "server config": config.server_config,
    "inference compute": config.compute,
    "vram-based default context": config.default_context,
    "invalid environment variable, using default": config.invalid_variable,
    "starting runner": starting.starting,
    "starting llama-server": starting.starting,
    "starting llama server": starting.starting,
    "load": starting.committed,
    "offload": starting.estimated,
    "Load failed": starting.load_failed,
    "NewLlamaServer failed": starting.load_failed,
    "error loading llama server": starting.load_failed,
    "model weights": lambda rest: memory.engine_buffer(Part.MODEL, rest),
    "kv cache": lambda rest: memory.engine_buffer(Part.KV, rest),
    "compute graph": lambda rest: memory.engine_buffer(Part.COMPUTE, rest),
    "total memory": memory.total_memory,
    "updated VRAM based on existing loaded models": memory.vram_updated,
    "llama-server model predicted to exceed available memory, evicting": scheduling.evicting,
    "model requires more gpu memory than is currently available, evicting a model to make space": (
        scheduling.evicting
    ),
    "model requires more system memory than is currently available, evicting a model to make space": (
        scheduling.evicting
    ),
    "evicting all other loaded models for OOM retry": scheduling.evicting,
    "llama-server load failed; reducing automatic context and retrying once": (
        lambda rest: scheduling.out_of_memory(rest, CONTEXT_OOM)
    ),
    "llama-server load failed; evicting all other models and retrying once": (
        lambda rest: scheduling.out_of_memory(rest, EVICT_OOM)
    ),
    "runtime OOM detected; expiring loaded models to clear memory before next request": (
        lambda rest: scheduling.out_of_memory(rest, RUNTIME_OOM)
    ),
    "model architecture does not currently support parallel requests": scheduling.forced_to_one,
    "mllama does not currently support parallel requests": scheduling.forced_to_one,
    "mllama doesn't support parallel requests yet": scheduling.forced_to_one,
    "multimodal models don't support parallel requests yet": scheduling.forced_to_one,
    "truncating input prompt": scheduling.truncating,
    "requested context size too large for model": scheduling.context_too_large,
    "quantized kv cache requested but flash attention disabled": scheduling.cache_type_ignored,
    "OLLAMA_FLASH_ATTENTION must be enabled to use a quantized OLLAMA_KV_CACHE_TYPE": (
        scheduling.cache_type_ignored
    ),
    "aborting completion request due to client closing the connection": lambda _: scheduling.Aborting(),
    "aborting chat request due to client closing the connection": lambda _: scheduling.Aborting(),
    "aborting embedding request due to client closing the connection": lambda _: scheduling.Aborting(),
    "aborting embeddings request due to client closing the connection": lambda _: scheduling.Aborting(),
}
"""What the server says in words that do not change, from 0.1.34 to 0.33."""

STARTS: Mapping[str, Callable[[str], Said | None]] = {
    "Listening": config.listening,
    "llama-server": starting.load_took,
    "llama": starting.load_took,
    "offloaded": starting.offloaded,
}
"""What it says in words with numbers in them, by the first word."""


def _runner(line: str) -> Said | None:
    """What a runner of llama.cpp's says; by the first word, since most lines say nothing of use."""
    head = HEAD.match(line)
    for told in RUNNER.get(head[1], OTHERS) if head else ():
        said = told(line)
        if said is not None:
            return said
    return None


def _layers(line: str) -> starting.Offloaded | None:
    return starting.offloaded(line.partition(": ")[2]) if ": offloaded " in line else None


def _buffer(line: str) -> memory.Buffer | None:
    return memory.buffer_of(line) if " buffer size" in line else None


def _cancelled(line: str) -> scheduling.Aborting | None:
    return scheduling.Aborting() if requests.CANCELLED.match(line) else None


HEAD = re.compile(r"(\w+)")
OTHERS: tuple[Callable[[str], Said | None], ...] = (_buffer, _layers)
RUNNER: Mapping[str, tuple[Callable[[str], Said | None], ...]] = {
    "srv": (starting.slots_made, memory.prompt_cache, scheduling.too_long, _cancelled),
    "slot": (requests.slot_line,),
    "llama_context": (_buffer, memory.context_setting),
    "llama_kv_cache": (_buffer, memory.cache_of),
    "print_info": (),
    "llama_model_loader": (),
}
