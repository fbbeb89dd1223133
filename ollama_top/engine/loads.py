"""Asks the runners that tell it how far their load is, and no more once it is over.

Must never ask an MLX runner, which notes each question in the log, nor a llama-server, which
tells no progress.
"""

from collections.abc import Sequence

from ollama_top.ollama.argv import Generation
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.runners import LoadLook, Runners

TELLS_LOAD = frozenset({Generation.CPP, Generation.GO})
READY = LoadLook(is_ready=True)


class LoadWatch:
    """Remembers which runners have loaded their models."""

    def __init__(self, runners: Runners) -> None:
        """Prepare to ask by `runners`."""
        self._runners = runners
        self._ready: set[tuple[int, int]] = set()  # process and port: a port may be used again

    async def look(self, runners: Sequence[RunnerProcess]) -> dict[int, LoadLook]:
        """Where each runner that tells it stands, by its port."""
        keys = {
            each.args.port: (each.pid, each.args.port)
            for each in runners
            if each.args.port is not None and each.args.generation in TELLS_LOAD
        }
        known = {port: READY for port, key in keys.items() if key in self._ready}
        looks = known | await self._runners.loads(port for port in keys if port not in known)
        self._ready = {keys[port] for port, look in looks.items() if look.is_ready}
        return looks
