"""A plan as it is put to a user, and how that user would have it made. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ollama_top.apply.planning import without_restart
from ollama_top.control import disturbance
from ollama_top.control.plan_words import lines
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan

DRAIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Options:
    """How a change is to be made."""

    drains: bool = False
    brings_back: bool = False
    only_writes: bool = False
    is_held: bool = False  # new requests, by the proxies before the server


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and what there is to say beside it."""

    plan: Plan
    rights: str | None  # whose it takes, in words
    is_new: bool  # and not what takes another change back
    is_begun: bool  # it was cut off: what is left of it is done as it was begun
    costs_held: tuple[str, ...] | None  # with new requests kept back; None where no proxy is known

    @property
    def may_be_unhurried(self) -> bool:
        """Whether the restart can be left to whoever comes: where files hold what the next start gets."""
        return self.plan.restarts and any(each.edit is not None for each in self.plan.steps)

    def made(self, options: Options) -> Plan:
        """The plan as it is to be carried out."""
        if options.only_writes:
            return without_restart(self.plan)
        held = self.costs_held if options.is_held else None
        return self.plan if held is None else replace(self.plan, costs=held)

    def said(self, options: Options) -> Iterator[str]:
        """It in words, a line each."""
        yield from lines(self.made(options), self.rights, can_be_undone=self.is_new)

    def offered(self, options: Options) -> Iterator[tuple[str, bool, str]]:
        """Of each way to make it otherwise: its key, whether it is on, and what it does."""
        if self.is_begun:
            return
        if self.plan.restarts and self.costs_held is not None:
            yield "p", options.is_held, "have the proxy keep new requests back until the server is well again"
        if self.plan.restarts:
            yield "d", options.drains, f"wait until no request is in flight, {DRAIN_S:.0f} s at the most"
            yield "m", options.brings_back, "load again what is in memory now"
        if self.may_be_unhurried:
            yield "o", options.only_writes, "only write it, for the next start"

    def drain_s(self, options: Options) -> float | None:
        """How long requests in flight are waited for; None for not at all."""
        return DRAIN_S if options.drains and not options.only_writes else None


def costs_held(frame: Frame) -> tuple[str, ...] | None:
    """What a restart costs where the proxies before the server keep new requests back; None without any."""
    return disturbance.costs(frame, is_held=True) if frame.snapshot.proxies else None
