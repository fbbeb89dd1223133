"""The log of the simulated server, line for line as a real one writes it, read as a real one is read. Pure.

Must never tell the reader anything but lines: what follows from them goes through the parser.
"""

from collections.abc import Iterator
from datetime import datetime

from ollama_top.demo.catalogue import MIB
from ollama_top.demo.command_lines import runner_argv
from ollama_top.demo.happened import Happened, What
from ollama_top.demo.scheduler import Runner, Settings
from ollama_top.demo.serve import journal
from ollama_top.demo.slotbank import Slot
from ollama_top.model.reading import Known, Source
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.log.story import Story
from ollama_top.sources.logs.watch import LogLook

CLIENT = "127.0.0.1"
BUSY, GONE, DONE = 503, 500, 200


class Logbook:
    """Writes down what happens, and reads it as the follower of a real log does."""

    def __init__(self, settings: Settings, programs: str, models: str, unit: str) -> None:
        """Start with an empty log; `programs` and `models` are the folders of a real installation."""
        self._settings = settings
        self._programs = programs
        self._models = models
        self._where = Known(f"the journal of {unit}", Source.LOG)
        self._story = Story()

    def begin(self, at: datetime, address: str) -> None:
        """The server's first words."""
        variables = {
            "OLLAMA_HOST": f"http://{address}",
            "OLLAMA_MAX_QUEUE": str(self._settings.max_queue),
            "OLLAMA_MODELS": self._models,
            "OLLAMA_NUM_PARALLEL": journal.in_effect(self._settings.num_parallel, 1),
        }
        self._story.take(journal.config(variables, at), at)
        self._story.take(journal.listening(address, self._settings.version, at), at)

    def write(self, happened: Happened, at: datetime) -> None:
        """Write one thing down."""
        for line in self._lines(happened, at):
            self._story.take(line, at)

    def look(self, at: datetime) -> LogLook:
        """What the log tells by now; looking at the server is written down as well."""
        self._story.take(journal.request(DONE, 41e-6, CLIENT, "GET", "/api/ps", at), at)
        return LogLook(self._where, self._story.told())

    def _lines(self, happened: Happened, at: datetime) -> Iterator[str]:
        match happened.what, happened.runner:
            case What.STARTED, Runner() as runner:
                yield journal.starting(self._argv(runner, happened.port), is_llama=True, at=at)
            case What.LOADED, Runner() as runner:
                yield from of_memory(runner)
                yield from journal.of_load(Generation.LLAMA_SERVER, runner.parallel, runner.context_tokens)
                yield journal.loaded(happened.took_s, at)
            case What.EVICTING, _:
                yield journal.evicting(at)
            case _:
                yield from _of_request(happened, at)

    def _argv(self, runner: Runner, port: int) -> list[str]:
        return runner_argv(
            self._settings.version,
            self._programs,
            self._models,
            runner.model,
            port,
            parallel=runner.parallel,
            context_tokens=runner.context_tokens,
        )


def of_memory(runner: Runner) -> Iterator[str]:
    """What a runner says of the memory that it takes."""
    model, placement = runner.model, runner.placement
    layers = model.layers + 1  # the output layer counts
    on_gpu = round(layers * sum(placement.vram_bytes) / max(1, placement.size_bytes))
    cache_bytes = model.kv_bytes_per_token * runner.context_tokens * runner.parallel
    yield f"load_tensors: offloaded {on_gpu}/{layers} layers to GPU"
    yield f"load_tensors:        CUDA0 model buffer size = {model.weights_bytes / MIB:8.2f} MiB"
    yield f"llama_kv_cache:      CUDA0 KV buffer size = {cache_bytes / MIB:8.2f} MiB"


def _of_request(happened: Happened, at: datetime) -> Iterator[str]:
    """The lines of one request, from its slot to its end."""
    request = happened.request
    if request is None:
        return
    method, path = "POST", _path(happened)
    slot = happened.slot
    match happened.what:
        case What.SERVED if slot is not None:
            yield f"slot launch_slot_: id {slot.number:2} | task {slot.task} | processing task, is_child = 0"
        case What.ANSWERED if slot is not None:
            yield from _timings(slot)
            yield journal.request(DONE, happened.took_s, CLIENT, method, path, at)
        case What.REFUSED:
            yield journal.request(BUSY, happened.took_s, CLIENT, method, path, at)
        case What.LEFT:
            yield journal.aborting(at)
            yield journal.request(GONE, happened.took_s, CLIENT, method, path, at)


def _path(happened: Happened) -> str:
    if happened.model.is_embedding:
        return "/api/embed"
    is_chat = happened.request is not None and happened.request.call.caller.is_streamed
    return "/api/chat" if is_chat else "/api/generate"


def _timings(slot: Slot) -> Iterator[str]:
    who = f"id {slot.number:2} | task {slot.task} |"
    prompt_ms, answer_ms = 1000 * slot.prompt_s, 1000 * slot.answer_s
    held = slot.read_tokens + slot.written_tokens
    yield f"slot print_timing: {who} prompt eval time = {prompt_ms:10.2f} ms / {slot.read_tokens:5} tokens"
    yield f"slot print_timing: {who}        eval time = {answer_ms:10.2f} ms / {slot.written_tokens:5} tokens"
    yield f"slot      release: {who} stop processing: n_tokens = {held}, truncated = 0"
