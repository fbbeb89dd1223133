"""Ollama's scheduler: which request is served, waits or is refused, what is loaded and unloaded. Pure.

Follows server/sched.go of Ollama 0.33. Says by its orders what is to be done and is told when it
is done; must never know how long anything takes.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from ollama_top.demo.catalogue import Model
from ollama_top.demo.placement import Card, Placement, place, spill
from ollama_top.ollama import families

RUNNERS_A_CARD = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server is set up: its version, its OLLAMA_ variables and its cards."""

    version: str = "0.33.0"
    num_parallel: str = ""  # as written in the environment
    max_queue: int = 512
    max_loaded: int = 0  # 0 means three a card
    keep_alive_s: float = 300.0
    context_tokens: int = 4096
    cards: tuple[Card, ...] = ()

    def parallel_of(self, model: Model) -> int:
        """How many requests a runner of the model serves at once."""
        release = families.parse_release(self.version)
        is_held = model.is_mlx or families.why_held_at_one(model.family, release, model.capabilities)
        return 1 if is_held else families.predict_parallel(self.num_parallel, release) or 1


@dataclass(slots=True, eq=False)
class Ask:
    """One request, as the scheduler knows it."""

    model: Model
    context_tokens: int | None = None  # num_ctx of the request
    keep_alive_s: float | None = None


class Phase(Enum):
    """Where a runner stands."""

    LOADING = "loading"
    READY = "ready"
    STOPPING = "stopping"


@dataclass(slots=True, eq=False)
class Runner:
    """A runner; requests hold one of its places in the order in which they came."""

    model: Model
    parallel: int
    context_tokens: int
    placement: Placement
    keep_alive_s: float
    phase: Phase = Phase.LOADING
    serving: list[Ask] = field(default_factory=list)
    waiting: deque[Ask] = field(default_factory=deque)
    expires_s: float | None = None  # set when it falls idle
    is_dead: bool = False  # its process ended by itself

    @property
    def has_place(self) -> bool:
        """Whether one more request is let in; an MLX runner lets all wait inside."""
        return self.model.is_mlx or len(self.serving) < self.parallel

    @property
    def is_idle(self) -> bool:
        """Whether no request is in service or waits for it."""
        return not self.serving and not self.waiting

    def is_expired(self, now_s: float) -> bool:
        """Whether it was idle for long enough."""
        is_over = self.expires_s is not None and self.expires_s <= now_s
        return self.phase is Phase.READY and self.is_idle and is_over

    def expiry_s(self, now_s: float) -> float:
        """The expiry as /api/ps tells it."""
        return now_s + self.keep_alive_s if self.expires_s is None else self.expires_s


@dataclass(frozen=True, slots=True)
class Start:
    """Start the process of a runner; `loaded` follows."""

    runner: Runner


@dataclass(frozen=True, slots=True)
class Admit:
    """A request has found its runner, and may still have to wait for a place in it."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class Serve:
    """Give a request its place in a runner; `leave` follows."""

    ask: Ask
    runner: Runner


@dataclass(frozen=True, slots=True)
class Stop:
    """End the process of a runner; `ended` follows."""

    runner: Runner


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer that the server is busy."""

    ask: Ask


Order = Start | Admit | Serve | Stop | Refuse


class Scheduler:
    """The one who decides; every method returns the orders that follow from what it is told."""

    def __init__(self, settings: Settings) -> None:
        """Start with nothing loaded."""
        self.settings = settings
        self.runners: list[Runner] = []
        self._pending: deque[Ask] = deque()
        self._head: Ask | None = None  # the one request that is worked on
        self._awaited: Runner | None = None  # the runner whose end the head waits for
        self._orders: list[Order] = []

    @property
    def head(self) -> Ask | None:
        """The request for which a model is being loaded, or made room for."""
        return self._head

    @property
    def waiting(self) -> list[Ask]:
        """The requests accepted and not in service, those for a loaded model first."""
        head = [self._head] if self._head else []
        return [*(ask for each in self.runners for ask in each.waiting), *head, *self._pending]

    def arrive(self, ask: Ask, now_s: float) -> list[Order]:
        """A request comes: straight to a loaded runner, else into the queue, which alone can be full."""
        runner = self._usable(ask)
        if runner is not None:
            self._use(runner, ask)
        elif len(self._pending) >= self.settings.max_queue:
            self._orders.append(Refuse(ask))
        else:
            self._pending.append(ask)
        return self._settle(now_s)

    def leave(self, ask: Ask, now_s: float) -> list[Order]:
        """A request is done, or its client is gone, wherever it stands."""
        if self._head is ask:
            self._head = None
            for loading in [each for each in self.runners if each.phase is Phase.LOADING]:
                self._stop(loading)  # Ollama goes on with a load only as long as its client waits
        if ask in self._pending:
            self._pending.remove(ask)
        for runner in self.runners:
            if ask in runner.serving or ask in runner.waiting:
                (runner.serving if ask in runner.serving else runner.waiting).remove(ask)
                self._grant(runner)
                self._rest(runner, now_s)
        return self._settle(now_s)

    def loaded(self, runner: Runner, now_s: float) -> list[Order]:
        """A runner is ready."""
        runner.phase = Phase.READY
        if self._head is None or self._usable(self._head) is not runner:
            self._rest(runner, now_s)
        return self._settle(now_s)

    def ended(self, runner: Runner, now_s: float) -> list[Order]:
        """The process of a runner has ended, and its memory is free."""
        self.runners.remove(runner)
        self._awaited = None
        return self._settle(now_s)

    def unload(self, model: Model, now_s: float) -> list[Order]:
        """A model is to go as soon as it is idle: a request with `keep_alive` 0 and no prompt."""
        for runner in self.runners:
            if runner.model == model:
                runner.keep_alive_s, runner.expires_s = 0.0, now_s
        return self._settle(now_s)

    def advance(self, now_s: float) -> list[Order]:
        """Time has passed: what is idle for long enough goes."""
        return self._settle(now_s)

    def _settle(self, now_s: float) -> list[Order]:
        for runner in self.runners:
            if runner.is_expired(now_s):
                self._stop(runner)
        while self._next() and self._try_head():
            self._head = None
        orders, self._orders = self._orders, []
        return orders

    def _next(self) -> bool:
        """Whether there is a request to work on; one at a time, and none while it loads or evicts."""
        is_loading = any(each.phase is Phase.LOADING for each in self.runners)
        if is_loading or self._awaited is not None:
            return False
        if self._head is None and self._pending:
            self._head = self._pending.popleft()
        return self._head is not None

    def _try_head(self) -> bool:
        """Bring the head one step further; whether it has got its runner."""
        head = self._head
        if head is None:
            return False
        if (runner := self._usable(head)) is not None:
            self._use(runner, head)
            return True
        same = next((each for each in self.runners if each.model == head.model), None)
        if same is not None:
            self._evict(same)
            return False
        self._load(head)
        return False

    def _load(self, ask: Ask) -> None:
        parallel, context = self.settings.parallel_of(ask.model), self._context(ask)
        need_bytes = ask.model.memory_bytes(context, parallel)
        free = self._free_bytes()
        placement = place(need_bytes, free)
        most = self.settings.max_loaded or RUNNERS_A_CARD * max(1, len(self.settings.cards))
        if self.runners and (placement is None or len(self.runners) >= most):
            self._evict(min(self.runners, key=_eviction_order))
            return
        keep_alive_s = self.settings.keep_alive_s if ask.keep_alive_s is None else ask.keep_alive_s
        runner = Runner(ask.model, parallel, context, placement or spill(need_bytes, free), keep_alive_s)
        self.runners.append(runner)
        self._orders.append(Start(runner))

    def _free_bytes(self) -> list[int]:
        cards = enumerate(self.settings.cards)
        return [
            card.usable_bytes - sum(each.placement.vram_bytes[index] for each in self.runners)
            for index, card in cards
        ]

    def _context(self, ask: Ask) -> int:
        return min(ask.context_tokens or self.settings.context_tokens, ask.model.trained_context_tokens)

    def _usable(self, ask: Ask) -> Runner | None:
        """The runner that a request can go to; another context would need a reload."""
        for each in self.runners:
            is_fitting = each.model == ask.model and each.context_tokens == self._context(ask)
            if is_fitting and each.phase is Phase.READY and not each.is_dead:
                return each
        return None

    def _use(self, runner: Runner, ask: Ask) -> None:
        """As in Ollama, a request's `keep_alive` counts even for a runner that is to be evicted."""
        if ask.keep_alive_s is not None:
            runner.keep_alive_s = ask.keep_alive_s
        runner.waiting.append(ask)
        self._orders.append(Admit(ask))
        self._grant(runner)

    def _grant(self, runner: Runner) -> None:
        while runner.waiting and runner.has_place:
            ask = runner.waiting.popleft()
            runner.serving.append(ask)
            self._orders.append(Serve(ask, runner))

    def _rest(self, runner: Runner, now_s: float) -> None:
        if runner.is_idle:
            runner.expires_s = now_s + runner.keep_alive_s

    def _evict(self, runner: Runner) -> None:
        """Let a runner go as soon as it is idle, and wait for that."""
        self._awaited = runner
        runner.keep_alive_s = 0.0
        if runner.is_idle:
            self._stop(runner)

    def _stop(self, runner: Runner) -> None:
        if runner.phase is not Phase.STOPPING:
            runner.phase = Phase.STOPPING
            self._orders.append(Stop(runner))


def _eviction_order(runner: Runner) -> tuple[bool, bool, float, str]:
    """What is going anyway, then idle ones, then those kept for the shortest time."""
    stays = runner.phase is not Phase.STOPPING
    return stays, not runner.is_idle, runner.keep_alive_s, runner.model.name
