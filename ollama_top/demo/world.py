"""The simulated world: clients, server, runners and cards in simulated time. Pure and repeatable.

Must never look at a clock, a file or a socket: the same scenario and seed live the same life.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ollama_top.demo import hardware
from ollama_top.demo.callers import Call, Caller, calls
from ollama_top.demo.catalogue import Model
from ollama_top.demo.connection import Connection, Request
from ollama_top.demo.happened import Chronicle, What
from ollama_top.demo.hardware import CardState
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
from ollama_top.demo.slotbank import Job, SlotBank

TICK_S = 0.05
TICKS_A_CARD_LOOK = 10
STOP_S = 0.4
LOAD_START_S = 0.9
LOAD_BYTES_PER_S = 2.6e9
FIRST_PID, PIDS_APART = 41_320, 41
FIRST_RUNNER_PORT = 33_021


@dataclass(frozen=True, slots=True)
class Scenario:
    """A small world: what is installed, how the server is set up, who calls."""

    models: tuple[Model, ...]
    settings: Settings
    callers: tuple[Caller, ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Truth:
    """What is really the case, for tests to compare with what is seen."""

    running: int
    waiting: int
    outstanding: int


@dataclass(slots=True)
class Process:
    """The process of a runner."""

    pid: int
    port: int
    started_s: float
    due_s: float  # end of its load, or of its stop
    bank: SlotBank


class World:
    """A scenario that lives."""

    def __init__(self, scenario: Scenario) -> None:
        """Begin at second 0 with nothing loaded and nobody calling."""
        self.scenario = scenario
        self.scheduler = Scheduler(scenario.settings)
        self.connections: list[Connection] = []
        self.cards: tuple[CardState, ...] = tuple(map(CardState.idle, scenario.settings.cards))
        self.processes: dict[Runner, Process] = {}
        self.refused = 0
        self.happened = Chronicle()
        self._models = {each.name: each for each in scenario.models}
        self._by_ask: dict[Ask, Connection] = {}
        self._touches: dict[Ask, bool] = {}  # requests without a prompt, and whether they are over
        self._ticks = 0
        self._target_s = 0.0
        self._started = 0
        self._opened = 0
        self._chance = Random(scenario.seed)  # noqa: S311 - no secret hangs on it
        streams = [
            calls(each, Random(f"{scenario.seed} {index}"))  # noqa: S311
            for index, each in enumerate(scenario.callers)
        ]
        self._calls = [(next(stream), stream) for stream in streams]

    @property
    def now_s(self) -> float:
        """Seconds since the beginning, in whole ticks."""
        return self._ticks * TICK_S

    @property
    def runners(self) -> Sequence[Runner]:
        """The runners whose processes exist."""
        return [each for each in self.scheduler.runners if each in self.processes]

    @property
    def installed(self) -> tuple[Model, ...]:
        """The models on disk."""
        return tuple(self._models.values())

    def install(self, model: Model) -> None:
        """Put a model on the disk."""
        self._models[model.name] = model

    def step(self, seconds: float) -> None:
        """Let time pass; the course of events is the same however it is divided."""
        self._target_s += seconds
        while (self._ticks + 1) * TICK_S <= self._target_s + 1e-9:
            self._ticks += 1
            self._tick()

    def unload(self, model_name: str) -> None:
        """Ask for a model to be unloaded; raises KeyError when none of that name is installed."""
        self._carry_out(self.scheduler.unload(self._models[model_name], self.now_s))

    def touch(self, ask: Ask) -> None:
        """A request without a prompt: it is over as soon as its model is loaded."""
        self._touches[ask] = False
        self._carry_out(self.scheduler.arrive(ask, self.now_s))

    def is_over(self, ask: Ask) -> bool:
        """Whether such a request is over."""
        return self._touches[ask]

    def give_up(self, ask: Ask) -> None:
        """Whoever made such a request is gone, or has its answer."""
        if not self._touches.pop(ask):
            self._carry_out(self.scheduler.leave(ask, self.now_s))

    def model(self, name: str) -> Model:
        """The installed model of a name; raises KeyError when there is none."""
        return self._models[name]

    def kill(self, pid: int) -> None:
        """End the process of a runner; raises KeyError. It stays listed until it is needed."""
        runner = next((each for each, process in self.processes.items() if process.pid == pid), None)
        if runner is None:
            raise KeyError(pid)
        del self.processes[runner]
        runner.is_dead = True
        for ask in (*runner.waiting, *runner.serving):
            self._by_ask[ask].finish(self.now_s)
            del self._by_ask[ask]
            self._carry_out(self.scheduler.leave(ask, self.now_s))

    def truth(self) -> Truth:
        """What is really the case."""
        running = sum(len(each.serving) for each in self.runners)
        outstanding = sum(each.request is not None for each in self.connections)
        return Truth(running, len(self.scheduler.waiting), outstanding)

    def busy_slots(self) -> int:
        """Slots in service, of all runners."""
        return sum(len(each.bank.busy) for each in self.processes.values())

    def _tick(self) -> None:
        self._work()
        self._begin_and_end_processes()
        for index, (call, stream) in enumerate(self._calls):
            due = call
            while due.at_s <= self.now_s:
                self._arrive(due)
                due = next(stream)
            self._calls[index] = (due, stream)
        self._hang_up()
        self._carry_out(self.scheduler.advance(self.now_s))
        if self._ticks % TICKS_A_CARD_LOOK == 0:
            self._follow()

    def _work(self) -> None:
        """The busy runners go on, and their clients hear of it."""
        working = [each for each in self.runners if self.processes[each].bank.busy]
        for runner, share in zip(working, hardware.shares(working), strict=True):
            self.processes[runner].bank.step(TICK_S, share)
        for connection in tuple(self._by_ask.values()):
            connection.tell(self.now_s)
            request = connection.request
            if request and request.slot and request.slot.is_done:
                connection.finish(self.now_s)
                self.happened.of_request(What.ANSWERED, request, self.now_s)
                self._let_go(request)

    def _begin_and_end_processes(self) -> None:
        for runner, process in tuple(self.processes.items()):
            if process.due_s > self.now_s:
                continue
            if runner.phase is Phase.LOADING:
                self.happened.of_runner(What.LOADED, runner, self.now_s, began_s=process.started_s)
                self._carry_out(self.scheduler.loaded(runner, self.now_s))
            elif runner.phase is Phase.STOPPING:
                del self.processes[runner]
                self._carry_out(self.scheduler.ended(runner, self.now_s))

    def _arrive(self, call: Call) -> None:
        ask = Ask(self._models[call.caller.model], call.caller.context_tokens, call.caller.keep_alive_s)
        connection = self._connection(call)
        connection.ask(Request(call, ask, self.now_s), self.now_s)
        self._by_ask[ask] = connection
        self._carry_out(self.scheduler.arrive(ask, self.now_s))

    def _connection(self, call: Call) -> Connection:
        """One of the client's that is open and unused, else a new one."""
        for each in self.connections:
            if each.pid == call.pid and each.request is None:
                return each
        self._opened += 1
        new = Connection(self._opened, call.pid, call.caller.name, self.now_s, call.caller.linger_s)
        self.connections.append(new)
        return new

    def _hang_up(self) -> None:
        """Clients close what they no longer use, and leave when they have waited too long."""
        for each in tuple(self.connections):
            request = each.request
            if request is None:
                if each.is_over(self.now_s):
                    self.connections.remove(each)
            elif request.slot is None and self.now_s - request.asked_s > request.call.caller.patience_s:
                self.connections.remove(each)
                self.happened.of_request(What.LEFT, request, self.now_s)
                self._let_go(request)

    def _let_go(self, request: Request) -> None:
        """A request is over: its slot is free for the next."""
        del self._by_ask[request.ask]
        for process in self.processes.values():
            if request.slot is not None and any(each is request.slot for each in process.bank.slots):
                process.bank.release(request.slot)
        self._carry_out(self.scheduler.leave(request.ask, self.now_s))

    def _carry_out(self, orders: Sequence[Order]) -> None:
        for order in orders:
            match order:
                case Start(runner):
                    self._start(runner)
                case Stop(runner):
                    self.happened.of_stop(self.scheduler.head, self.now_s)
                    self._stop(runner)
                case Admit(ask) if ask in self._touches:
                    self._touches[ask] = True
                    self._carry_out(self.scheduler.leave(ask, self.now_s))
                case Serve(ask, runner):
                    self._serve(ask, runner)
                case Refuse(ask) if ask in self._by_ask:
                    self.refused += 1
                    self.happened.of_request(What.REFUSED, self._by_ask[ask].request, self.now_s)
                    self._by_ask.pop(ask).finish(self.now_s)

    def _stop(self, runner: Runner) -> None:
        process = self.processes.get(runner)
        if process is not None:
            process.due_s = self.now_s + STOP_S
        else:
            self._carry_out(self.scheduler.ended(runner, self.now_s))

    def _start(self, runner: Runner) -> None:
        model = runner.model
        load_s = LOAD_START_S + model.weights_bytes / LOAD_BYTES_PER_S
        pid, port = FIRST_PID + PIDS_APART * self._started, FIRST_RUNNER_PORT + 1009 * (self._started % 27)
        bank = SlotBank.of(runner.parallel, model.pace)
        self.processes[runner] = Process(pid, port, self.now_s, self.now_s + load_s, bank)
        self._started += 1
        self.happened.of_runner(What.STARTED, runner, self.now_s, port=port)

    def _serve(self, ask: Ask, runner: Runner) -> None:
        connection = self._by_ask.get(ask)  # a request without a prompt has none
        request = connection.request if connection else None
        if request is not None:
            call = request.call
            limit = runner.context_tokens
            prompt = min(call.prompt_tokens, limit * 3 // 4)
            answer = 0 if ask.model.is_embedding else max(1, min(call.answer_tokens, limit - prompt))
            request.slot = self.processes[runner].bank.take(Job(prompt, answer))
            self.happened.of_request(What.SERVED, request, self.now_s)

    def _follow(self) -> None:
        working = [
            (each, self.processes[each].bank) for each in self.runners if self.processes[each].bank.busy
        ]
        seconds = TICK_S * TICKS_A_CARD_LOOK
        self.cards = tuple(
            hardware.follow(
                each,
                hardware.used_bytes(index, self.runners),
                hardware.load_of(index, working),
                seconds,
                self._chance,
            )
            for index, each in enumerate(self.cards)
        )
