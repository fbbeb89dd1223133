"""Which results are kept between runs, and where: what bursts and sweeps measured."""

from ollama_top.config import state_file
from ollama_top.config.result_file import ResultFile
from ollama_top.config.results import Results
from ollama_top.model.burst import KeptBurst
from ollama_top.model.sweep import KeptSweep

BURSTS = Results("burst", KeptBurst, most=200)
SWEEPS = Results("sweep", KeptSweep, most=20)  # a sweep holds up to 64 combinations


def burst_file(server: str, machine: str) -> ResultFile[KeptBurst]:
    """The bursts of one server as looked at from one machine."""
    return ResultFile(
        state_file.path_for("bursts", server, machine), state_file.whose(server, machine), BURSTS
    )


def sweep_file(model: str, machine: str) -> ResultFile[KeptSweep]:
    """The sweeps of one model on one machine."""
    return ResultFile(state_file.path_for("sweeps", model, machine), state_file.whose(model, machine), SWEEPS)
