"""The key that records, and `--record`. Loaded when it is first asked for.

Must never wait for a disk: a thread of its own writes.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ollama_top.columns.cell import Cell, Role
from ollama_top.record.files import RecordingError
from ollama_top.record.recorder import Recorder
from ollama_top.record.recording import Recording
from ollama_top.tui.messages import Noticed

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor

SUFFIX = ".ollama-top"
OF_NO_NAME = re.compile(r"[^\w.@-]")  # what a host may have in its name, and a file should not


class Recordings:
    """The part of the monitor that records."""

    def __init__(self, monitor: "Monitor") -> None:
        """Nothing is recorded yet."""
        self.monitor = monitor
        self._recorder: Recorder | None = None

    def begin(self, recording: Recording) -> None:
        """Record every Frame from now on."""
        self._recorder = Recorder(recording, self._say)
        self.monitor.onlookers.append(self._recorder.add)
        self.monitor.update(recording=str(recording.path))

    def toggle(self) -> None:
        """Begin a file of its own in the folder that the user is in, or end the recording."""
        if self._recorder is not None:
            path = self._recorder.path
            self.end()
            said = f"Recorded in {path}; `ollama-top replay` shows it."
            self.monitor.update(recording=None, notice=Cell(said, Role.NOTICE))
            return
        try:
            self.begin(Recording(Path.cwd() / self._name()))
        except (RecordingError, OSError) as error:
            self.monitor.update(notice=Cell(f"Nothing is recorded: {error}", Role.WARNING))
        else:
            self.monitor.update(
                notice=Cell(f"Recording in {self.monitor.view.recording}; R ends it.", Role.NOTICE)
            )

    def _name(self) -> str:
        """The moment, and which of several hosts it is."""
        view = self.monitor.view
        host = "" if view.tabs is None else f"-{OF_NO_NAME.sub('_', view.title)}"
        return f"{datetime.now().astimezone():%Y-%m-%dT%H-%M-%S}{host}{SUFFIX}"

    def end(self) -> None:
        """Write what there is."""
        if self._recorder is not None:
            self.monitor.onlookers.remove(self._recorder.add)
            self._recorder.close()
            self._recorder = None

    def _say(self, text: str) -> None:
        """Hear of the recorder's trouble, from its thread."""
        self.monitor.post_message(Noticed(text[:1].upper() + text[1:]))
        self.monitor.terminal.call_later(self._mind)

    def _mind(self) -> None:
        """Say no longer that it records when it does not."""
        if self._recorder is not None and self._recorder.is_over:
            self.end()
            self.monitor.update(recording=None)
