"""The simulated scheduler in real time: starts and ends runner processes, hands out places in them."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import TypeVar

from ollama_top.demo.catalogue import Model
from ollama_top.demo.command_lines import generation_of, runner_argv
from ollama_top.demo.scheduler import (
    Admit,
    Ask,
    Order,
    Phase,
    Refuse,
    Runner,
    Scheduler,
    Serve,
    Settings,
    Start,
    Stop,
)
from ollama_top.demo.serve import journal
from ollama_top.demo.serve.errand import KEPT_BY_GO, Errands, RunnerError
from ollama_top.demo.serve.orders import VARIABLE, RunnerOrders
from ollama_top.ollama.argv import Generation

T = TypeVar("T")
HEALTH_EVERY_S = 0.05


class BusyError(Exception):
    """The queue is full."""


class LoadError(Exception):
    """The runner ended before it was ready."""


@dataclass(slots=True)
class Place:
    """A place in a runner, held for one request."""

    errands: Errands
    context_tokens: int
    load_s: float  # from the request to a loaded model; waiting for the place comes after it


@dataclass(slots=True)
class _Answers:
    """What the scheduler will say to one request."""

    admitted: asyncio.Future[float]  # when its runner was found ready
    served: asyncio.Future[Runner]


@dataclass(slots=True, eq=False)
class _Process:
    """The real process of a runner."""

    child: asyncio.subprocess.Process
    errands: Errands
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class Hub:
    """Keeps the runners and decides, as Ollama does, who is served."""

    def __init__(self, settings: Settings, programs: str, models: str, load_s: float) -> None:
        """Start with nothing loaded; `programs` holds the runners' launchers, `models` the weights."""
        self.scheduler = Scheduler(settings)
        self._programs = programs
        self._models = models
        self._load_s = load_s
        self._asked: dict[Ask, _Answers] = {}
        self._processes: dict[Runner, _Process] = {}
        self._alarm: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def place(self, ask: Ask) -> AsyncIterator[Place]:
        """Wait for a place and hold it; raises BusyError or LoadError."""
        asked_s = time.monotonic()
        async with self._asking(ask) as answers:
            load_s = await answers.admitted - asked_s
            runner = await answers.served
            yield Place(self._processes[runner].errands, runner.context_tokens, load_s)

    async def load(self, ask: Ask) -> None:
        """Wait until the model is loaded, whether or not it has a place; raises BusyError or LoadError."""
        async with self._asking(ask) as answers:
            await answers.admitted

    @asynccontextmanager
    async def _asking(self, ask: Ask) -> AsyncIterator[_Answers]:
        """A request that stays with the scheduler as long as the block."""
        loop = asyncio.get_running_loop()
        answers = self._asked[ask] = _Answers(loop.create_future(), loop.create_future())
        self._carry_out(self.scheduler.arrive(ask, time.time()))
        try:
            yield answers
        finally:
            del self._asked[ask]
            self._carry_out(self.scheduler.leave(ask, time.time()))

    def unload(self, model: Model) -> None:
        """Let a model go as soon as it is idle."""
        self._carry_out(self.scheduler.unload(model, time.time()))

    async def close(self) -> None:
        """End all runners and wait for it."""
        if self._alarm is not None:
            self._alarm.cancel()
        processes = tuple(self._processes.values())
        for each in processes:
            for task in each.tasks:
                task.cancel()
            _terminate(each.child)
        await asyncio.gather(*(each.child.wait() for each in processes))

    def _carry_out(self, orders: Iterable[Order]) -> None:
        for order in orders:
            match order:
                case Start(runner):
                    task = asyncio.get_running_loop().create_task(self._start(runner))
                    task.add_done_callback(_surface)
                case Admit(ask):
                    _answer(self._asked[ask].admitted, time.monotonic())
                case Serve(ask, runner):
                    _answer(self._asked[ask].served, runner)
                case Refuse(ask):
                    _refuse(self._asked[ask].admitted, BusyError())
                case Stop(runner):
                    if self.scheduler.head is not None:
                        journal.write(journal.evicting())
                    self._stop(runner)
        self._set_alarm()

    def _set_alarm(self) -> None:
        """Wake when the next runner expires."""
        if self._alarm is not None:
            self._alarm.cancel()
        idle = [each for each in self.scheduler.runners if each.is_idle and each.phase is Phase.READY]
        due_s = min((each.expires_s for each in idle if each.expires_s is not None), default=None)
        if due_s is not None and due_s < float("inf"):
            loop = asyncio.get_running_loop()
            self._alarm = loop.call_later(max(0.0, due_s - time.time()) + 0.005, self._wake)

    def _wake(self) -> None:
        self._carry_out(self.scheduler.advance(time.time()))

    async def _start(self, runner: Runner) -> None:
        version, model, port = self.scheduler.settings.version, runner.model, _free_port()
        generation = generation_of(version, is_mlx=model.is_mlx)
        argv = runner_argv(
            version,
            self._programs,
            self._models,
            model,
            port,
            parallel=runner.parallel,
            context_tokens=runner.context_tokens,
        )
        orders = RunnerOrders(
            runner.parallel,
            runner.context_tokens,
            self._load_s,
            model.is_embedding,
            model.embedding_length,
            model.pace,
            version,
        )
        is_llama = generation is Generation.LLAMA_SERVER
        journal.write(journal.starting(argv, is_llama=is_llama))
        environment = {**os.environ, VARIABLE: orders.written()}
        try:
            child = await asyncio.create_subprocess_exec(
                *argv, stdin=asyncio.subprocess.PIPE, env=environment
            )
        except OSError as error:
            self._fail_load(runner, LoadError(str(error)))
            return
        errands = Errands(port, keeps=0 if is_llama else KEPT_BY_GO, keeps_streams=not model.is_mlx)
        process = self._processes[runner] = _Process(child, errands)
        for work in (self._watch(runner, process), self._await_load(runner, process)):
            process.tasks.append(asyncio.get_running_loop().create_task(work))
            process.tasks[-1].add_done_callback(_surface)
        if runner.phase is Phase.STOPPING:
            _terminate(child)

    async def _await_load(self, runner: Runner, process: _Process) -> None:
        began_s = time.monotonic()
        asking = Errands(process.errands.port, keeps=0)
        while runner.phase is Phase.LOADING:
            if await _is_ready(asking, runner.model):
                journal.write(journal.loaded(time.monotonic() - began_s))
                self._carry_out(self.scheduler.loaded(runner, time.time()))
                return
            await asyncio.sleep(HEALTH_EVERY_S)

    async def _watch(self, runner: Runner, process: _Process) -> None:
        """Notice the end of a runner, ordered or not; one that dies stays listed until it is needed."""
        await process.child.wait()
        process.errands.close()
        if runner.phase is Phase.READY:
            runner.is_dead = True
            return
        if runner.phase is Phase.LOADING:
            self._fail_load(runner, LoadError())
        else:
            self._forget(runner)

    def _fail_load(self, runner: Runner, error: LoadError) -> None:
        """The request for which a model was to be loaded gets the error."""
        head = self.scheduler.head
        runner.phase = Phase.STOPPING
        if head is not None:
            _refuse(self._asked[head].admitted, error)
            self._carry_out(self.scheduler.leave(head, time.time()))
        self._forget(runner)

    def _stop(self, runner: Runner) -> None:
        """End a runner; one whose process is being made is ended once it is there."""
        process = self._processes.get(runner)
        if process is None:
            return
        if process.child.returncode is None:
            _terminate(process.child)
        else:
            asyncio.get_running_loop().call_soon(self._forget, runner)

    def _forget(self, runner: Runner) -> None:
        self._processes.pop(runner, None)
        self._carry_out(self.scheduler.ended(runner, time.time()))


async def _is_ready(errands: Errands, model: Model) -> bool:
    """An MLX runner answers at all only once it is."""
    try:
        status, body = await errands.fetch("GET", "/v1/status" if model.is_mlx else "/health", {})
    except RunnerError:
        return False
    return status == 200 and (model.is_mlx or b'"ok"' in body or b'"status":0' in body)


def _answer(future: asyncio.Future[T], value: T) -> None:
    """Give an answer, unless whoever waited for it has left."""
    if not future.done():
        future.set_result(value)


def _refuse(future: asyncio.Future[float], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _terminate(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.terminate()


def _surface(task: asyncio.Task[None]) -> None:
    """Let no background task fail in silence."""
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "a background task failed", "exception": error})


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
