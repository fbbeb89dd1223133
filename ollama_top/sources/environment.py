"""The environment that a server was started with; it does not change, so one reading will do.

Must never hand on a value before `ollama.environment` has passed it.
"""

import os

import psutil

from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama import environment
from ollama_top.sources.owner import ServerProcess, denied


def read(server: ServerProcess) -> Reading[tuple[Variable, ...]]:
    """The variables of the running process; missing where they belong to somebody else."""
    try:
        found = psutil.Process(server.pid).environ()
    except psutil.AccessDenied:
        return denied(f"the environment of pid {server.pid}", server.user)
    except (psutil.Error, OSError):
        return Missing(Why.FAILED, f"the server's process {server.pid} ended while it was looked at")
    return Known(environment.variables(found.items()), Source.PROCESSES)


def own() -> tuple[Variable, ...]:
    """The environment of ollama-top itself, which is that of whoever started it."""
    return environment.variables(os.environ.items())
