"""Carries out what a user has agreed to, on a real server.

Must never go on after it was cancelled: the connection is closed, which ends what Ollama does for it.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Action, Keep, Load, Progress, Pull, Restart, StartProxy, StopProxy, Unload
from ollama_top.model.installed import InstalledModel
from ollama_top.model.tapped import Tapped
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.sources import proxies
from ollama_top.sources.commands import Commands
from ollama_top.sources.ending import EndingError, end_runner
from ollama_top.sources.http import Http, HttpError
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.proxies import ProxyError

T = TypeVar("T")
PROMPT_S = 30.0  # for what is answered at once
PATIENT_S = 3600.0  # for a load, and for the silence while a large download is verified


@dataclass(frozen=True, slots=True)
class Acting:
    """The hands of a live feed."""

    connect: Callable[[float], Http]  # a client of its own, with this time limit
    runners: Callable[[], Sequence[RunnerProcess]]  # of the newest look
    tapped: Callable[[], Sequence[Tapped]]  # the proxies that are known now

    async def installed(self) -> tuple[InstalledModel, ...]:
        """The models on disk; raises ActionError."""
        return await self._ask(PROMPT_S, lambda commands: commands.installed())

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        """Carry an action out; raises ActionError with the words of whoever refused."""
        match action:
            case Unload(model):
                await self._ask(PROMPT_S, lambda commands: commands.unload(model))
            case Keep():
                await self._ask(PROMPT_S, lambda commands: commands.keep(action))
            case Load(model):
                await self._ask(PATIENT_S, lambda commands: commands.load(model))
            case Pull(model):
                await self._ask(PATIENT_S, lambda commands: commands.pull(model, tell))
            case Restart():
                await self._end(action)
            case StartProxy(listen, upstream):
                await _with_proxy(proxies.start(listen, upstream))
            case StopProxy(listen):
                await _with_proxy(proxies.stop(listen, self.tapped()))

    async def _ask(self, limit_s: float, what: Callable[[Commands], Coroutine[Any, Any, T]]) -> T:
        """Give one order over a connection of its own."""
        http = self.connect(limit_s)
        try:
            return await what(Commands(http))
        except (HttpError, BadReplyError) as error:
            raise ActionError(str(error)) from error
        finally:
            await http.close()

    async def _end(self, action: Restart) -> None:
        runners, pid, seen_at_s = self.runners(), action.runner_pid, action.seen_at.timestamp()
        try:
            await in_daemon_thread(lambda: end_runner(runners, pid, seen_at_s, by_force=action.by_force))
        except EndingError as error:
            raise ActionError(str(error)) from error


async def _with_proxy(what: Coroutine[Any, Any, None]) -> None:
    try:
        await what
    except ProxyError as error:
        raise ActionError(str(error)) from error
