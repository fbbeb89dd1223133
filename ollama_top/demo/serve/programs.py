"""The programs that launchers start: `ollama` with its commands, and runners that are programs alone."""

import asyncio
import os
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from ollama_top.demo.durations import format_duration
from ollama_top.demo.pulls import Pulls
from ollama_top.demo.scheduler import Settings
from ollama_top.demo.serve import flags, journal, runner
from ollama_top.demo.serve.api import Api
from ollama_top.demo.serve.hub import Hub
from ollama_top.demo.serve.wire import Wire
from ollama_top.ollama.host import Target, parse_target

USAGE, FAILED = 64, 1
MODELS_FOLDER = "/usr/share/ollama/.ollama/models"


def ollama(argv: Sequence[str], baked: Sequence[str]) -> int:
    """`ollama serve` or `ollama runner ...`, with the flags `baked` into the launcher; the exit code."""
    match argv[1:]:
        case ["serve"]:
            return asyncio.run(_serve(flags.parser().parse_args(baked), Path(argv[0]).resolve().parent))
        case ["runner", *_]:
            return runner.main(argv)
        case _:
            sys.stderr.write("a simulated ollama knows `serve` and `runner` only\n")
            return USAGE


def runner_alone(argv: Sequence[str], _baked: Sequence[str]) -> int:
    """`llama-server --model ...` or `ollama_llama_server --model ...`; the exit code."""
    return runner.main(argv)


async def _serve(options: Namespace, programs: Path) -> int:
    value = os.environ.get("OLLAMA_HOST", "")
    target, settings = parse_target(value), flags.settings_of(options, os.environ)
    folder = os.environ.get("OLLAMA_MODELS", MODELS_FOLDER)
    hub = Hub(settings, str(programs), folder, options.load_s)
    host = "0.0.0.0" if "0.0.0.0" in value else target.host  # noqa: S104 - asked for by OLLAMA_HOST
    pulls = Pulls(options.pull_rate, options.pull_fails)
    is_loopback = target.is_loopback and host == target.host
    api = Api(hub, flags.models_of(options), folder, pulls, is_loopback=is_loopback)
    loop = asyncio.get_running_loop()
    try:
        listener = await loop.create_server(lambda: Wire(api.handle), host, target.port)
    except OSError as error:
        sys.stderr.write(f"Error: listen tcp {host}:{target.port}: bind: {error.strerror}\n")
        return FAILED
    address = "{}:{}".format(*listener.sockets[0].getsockname()[:2])
    _write_start(settings, target, address, folder)
    await _end_of_service()
    listener.close()
    await hub.close()
    if options.temporary:
        shutil.rmtree(programs)
    return 0


async def _end_of_service() -> None:
    """Wait to be asked to end."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


def _write_start(settings: Settings, target: Target, address: str, folder: str) -> None:
    """The log of a start: the settings in effect with their defaults, as Ollama writes them."""
    variables = {
        "OLLAMA_CONTEXT_LENGTH": journal.in_effect(os.environ.get("OLLAMA_CONTEXT_LENGTH", ""), 0),
        "OLLAMA_FLASH_ATTENTION": "false",
        "OLLAMA_HOST": f"{target.scheme}://{address}",
        "OLLAMA_KEEP_ALIVE": format_duration(settings.keep_alive_s),
        "OLLAMA_KV_CACHE_TYPE": os.environ.get("OLLAMA_KV_CACHE_TYPE", ""),
        "OLLAMA_MAX_LOADED_MODELS": str(settings.max_loaded),
        "OLLAMA_MAX_QUEUE": str(settings.max_queue),
        "OLLAMA_MODELS": folder,
        "OLLAMA_NUM_PARALLEL": journal.in_effect(settings.num_parallel, 1),
    }
    journal.write(journal.config(variables))
    journal.write(journal.listening(address, settings.version))
    journal.write(journal.compute(sum(each.memory_bytes for each in settings.cards)))
