"""A server's variables and the service that keeps it, written by hand; all is well unless told otherwise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from frames_base import NOW, known

from ollama_top.model.configuration import Assignment, Configuration, Layer, Place, Rejected
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.service import Service
from ollama_top.model.setting import Setting, SettingStatus

NOT_SET = Missing(Why.ABSENT, "nothing sets it")
DROP_IN = Place(Layer.DROP_IN, "/etc/systemd/system/ollama.service.d/override.conf", 2)


def setting(
    name: str = "OLLAMA_NUM_PARALLEL",
    running: str | Missing = NOT_SET,
    configured: str | Missing = NOT_SET,
    status: SettingStatus = SettingStatus.DEFAULT,
    **changes: Any,
) -> Setting:
    """A variable that nothing sets."""
    plain = Setting(
        name=name,
        configured=known(configured, Source.SERVICE),
        configured_in=None if isinstance(configured, Missing) else str(DROP_IN),
        shell=NOT_SET,
        running=known(running, Source.PROCESSES),
        effective=known("1" if isinstance(running, Missing) else running, Source.PREDICTED),
        default="1",
        status=status,
        note=None,
        effect="What it does.",
        cost=None,
    )
    return replace(plain, **changes)


def said(name: str, value: str | None, place: Place = DROP_IN) -> Assignment:
    """A variable as set in one place."""
    return Assignment(name, value, place)


def service(*assignments: Assignment, rejected: tuple[Rejected, ...] = (), **changes: Any) -> Known[Service]:
    """A unit that runs, was started after its last change, and whose files say `assignments`."""
    plain = Service(
        name="ollama.service",
        is_loaded=True,
        is_running=True,
        state=Known("active (running)", Source.SERVICE),
        result=Known("success", Source.SERVICE),
        exit_status=Known(0, Source.SERVICE),
        restarts=Known(0, Source.SERVICE),
        started_at=Known(NOW - timedelta(days=2, hours=4), Source.SERVICE),
        needs_reload=False,
        files=("/etc/systemd/system/ollama.service",),
        stray_files=(),
        changed_at=Known(NOW - timedelta(days=3), Source.SERVICE),
        held=Configuration(assignments),
        configuration=Configuration(assignments, rejected),
    )
    return Known(replace(plain, **changes), Source.SERVICE)
