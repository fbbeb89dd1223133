"""The simulated server's unit, as systemd and its files would tell it. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ollama_top.model.configuration import Assignment, Configuration, Layer, Place
from ollama_top.model.reading import Known, Source
from ollama_top.model.service import Service

UNIT_FILE = "/etc/systemd/system/ollama.service"
DROP_IN = f"{UNIT_FILE}.d/override.conf"
FIRST_LINE = 2  # below the section's name
INSTALLED_BEFORE = timedelta(days=9)  # the server's start


def service(name: str, variables: Sequence[tuple[str, str]], started_at: datetime) -> Service:
    """A unit that runs, and whose file dropped in says what the server has."""
    assignments = tuple(
        Assignment(variable, value, Place(Layer.DROP_IN, DROP_IN, FIRST_LINE + at))
        for at, (variable, value) in enumerate(variables)
    )
    return Service(
        name=name,
        is_loaded=True,
        is_running=True,
        state=Known("active (running)", Source.SERVICE),
        result=Known("success", Source.SERVICE),
        exit_status=Known(0, Source.SERVICE),
        restarts=Known(0, Source.SERVICE),
        started_at=Known(started_at, Source.SERVICE),
        needs_reload=False,
        files=(UNIT_FILE, DROP_IN),
        stray_files=(),
        changed_at=Known(started_at - INSTALLED_BEFORE, Source.SERVICE),
        held=Configuration(assignments),
        configuration=Configuration(assignments),
    )
