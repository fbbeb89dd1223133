"""What a finding does beside being shown: it rings, and runs a command. Loaded where the settings ask for it.

Must never wait for the command: it is looked for, run and ended in threads of its own.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ollama_top.doctor.news import Told, news
from ollama_top.model.encoded import encode
from ollama_top.model.finding import Finding
from ollama_top.model.frame import Frame
from ollama_top.sources.calling import Caller
from ollama_top.tui.messages import Noticed

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor


class Alerting:
    """The part of the monitor that calls somebody."""

    def __init__(self, monitor: "Monitor", argv: Sequence[str], *, rings: bool) -> None:
        """`argv` is the command, word by word, or nothing; `rings` is whether the terminal's bell rings."""
        self.monitor = monitor
        self._caller = Caller(argv, self._say) if argv else None
        self._rings = rings
        self._told: Told | None = None  # before the first Frame
        monitor.onlookers.append(self._look)

    def _look(self, frame: Frame) -> None:
        """Take a Frame up, in the feed's thread; a simulated one calls nobody."""
        if frame.snapshot.demo:
            return
        if self._told is None and self._caller is not None:
            self._caller.check()
        self._told, new = news(self._told or Told(), frame.findings, frame.snapshot.taken_at)
        if new and self._rings:
            self.monitor.terminal.call_later(self.monitor.terminal.bell)
        if self._caller is not None:
            for each in new:
                self._caller.call(document(each, frame))

    def _say(self, text: str) -> None:
        self.monitor.post_message(Noticed(f"on_finding: {text}"))


def document(finding: Finding, frame: Frame) -> bytes:
    """The finding as `show --json` has it, with machine, server and moment: one line of ASCII."""
    seen = frame.snapshot
    where = {
        "machine": seen.host.name,
        "server": seen.server.url,
        "taken_at": encode(seen.taken_at, "", {}),
    }
    return json.dumps({**encode(finding, "", {}), **where}, ensure_ascii=True).encode("ascii") + b"\n"
