"""What is told to Prometheus of the server's settings."""

from collections import Counter
from collections.abc import Iterator

from ollama_top.metrics.told import Sample, told
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known
from ollama_top.model.setting import SettingStatus

MOST_SETTINGS = 100
LONGEST_VALUE = 200  # characters; a label is no place for more


def _infos(frame: Frame) -> Iterator[Sample]:
    for name, value in _effective(frame):
        yield (name, value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"), 1.0


def _numbers(frame: Frame) -> Iterator[Sample]:
    for name, value in _effective(frame):
        if value.isascii() and value.isdigit():
            yield (name,), float(value)


def _effective(frame: Frame) -> Iterator[tuple[str, str]]:
    for setting in frame.snapshot.settings[:MOST_SETTINGS]:
        if isinstance(setting.effective, Known):
            yield setting.name, setting.effective.value


def _statuses(frame: Frame) -> Iterator[Sample]:
    if not frame.snapshot.settings:
        return
    found = Counter(each.status for each in frame.snapshot.settings)
    for status in SettingStatus:
        yield (str(status),), float(found[status])


OF_SETTINGS = (
    told("settings", "Variables of the server, counted by how they stand.", _statuses, ("status",)),
    told(
        "setting_info",
        "What really holds of a variable of the server's; always 1.",
        _infos,
        ("name", "value"),
    ),
    told(
        "setting_value",
        "What really holds of a variable of the server's, where that is a whole number.",
        _numbers,
        ("name",),
    ),
)
"""In the order in which they are told."""
