"""From samples to a Frame: the one path that live looks, the simulation and replays share. Pure."""

from dataclasses import replace

from ollama_top.doctor.examine import examine
from ollama_top.doctor.verdict import judge
from ollama_top.engine.assemble import assemble
from ollama_top.engine.assemble_log import log_of
from ollama_top.engine.history import extend
from ollama_top.engine.hour import extend as extend_hour
from ollama_top.engine.samples import Samples
from ollama_top.engine.state import State
from ollama_top.model.frame import Frame


def step(state: State, samples: Samples) -> tuple[State, Frame]:
    """The next Frame, and what to remember for the one after it."""
    state, snapshot = assemble(state, samples)
    history = extend(state.history, snapshot)
    hour = extend_hour(state.hour, snapshot)
    examined = examine(snapshot, history, state.found_since)
    verdict = judge(snapshot, examined.findings)
    state = replace(state, history=history, hour=hour, found_since=examined.since)
    return state, Frame(snapshot, examined.findings, verdict, history, log_of(samples), hour)
