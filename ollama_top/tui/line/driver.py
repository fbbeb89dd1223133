"""Textual's driver, and what it lacks: it counts what it sends, knows a stuck terminal, minds the title.

Must never wait long for a terminal, and never leave it an answer that would be typed into the shell.
"""

import os
from time import monotonic, sleep

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from ollama_top.tui.line.pace import Pace
from ollama_top.tui.line.title import RESTORE, SAVE, has_title, titled

STUCK_WRITES = 8  # Textual's writer blocks its caller at 30
ASKED_S = 0.3  # a key that has changed nothing within that time has asked for nothing
LAST_ANSWER_S = 1.5  # so long after the last probe its answer may still come
COLUMNS_STAY = "\x1b[8l"  # BDSM: names written from right to left must not move what stands beside them
AS_TERMINALS_DO = "\x1b[8h"
DEEDS = (
    events.Key,
    events.Paste,
    events.MouseDown,
    events.MouseUp,
    events.MouseScrollDown,
    events.MouseScrollUp,
)


class LineDriver(LinuxDriver):
    """The terminal, as the screens see it."""

    sent_bytes = 0
    title = ""
    pace = Pace()
    _probes = 0
    _answers = 0
    _probed_at_s = _asked_at_s = float("-inf")
    _has_title = False

    def start_application_mode(self) -> None:
        """Take the terminal, at first or after a stop."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._has_title = has_title(os.environ.get("TERM", ""))
        self._probes = self._answers = 0
        self.pace = Pace()
        if self._writer_thread is not None:
            self.write(COLUMNS_STAY)
            self._write_title(SAVE + (titled(self.title) if self.title else ""))

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._write_title(RESTORE)
        self.write(AS_TERMINALS_DO)
        super().stop_application_mode()

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again after a stop.

        A SIGCONT comes also when the terminal is taken away, and after a stop that came without a warning.
        """
        if not os.isatty(self.fileno):
            return
        if self._auto_restart and not self._must_signal_resume:
            self.suspend_application_mode()  # or there would be two threads that read, and two that write
            self._must_signal_resume = True
        super()._sigcont_application()

    def disable_input(self) -> None:
        """Stop reading once the last answer is here: what comes later would be typed into the shell."""
        while self._answers and self._answers < self._probes:
            if monotonic() - self._probed_at_s > LAST_ANSWER_S:
                break
            sleep(0.005)
        super().disable_input()

    def set_title(self, text: str) -> None:
        """Name the window; sends nothing if it is named so already."""
        if text != self.title:
            self.title = text
            self._write_title(titled(text))

    def _write_title(self, sequence: str) -> None:
        if self._has_title:
            self.write(sequence)

    def write(self, data: str) -> None:
        """Send, and count; what a terminal that is gone would get is dropped."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            self.sent_bytes += len(data.encode(errors="replace"))
            super().write(data)

    def probe(self, question: str) -> None:
        """Send what the terminal answers; nothing where there is no question."""
        if question:
            self._probes += 1
            self._probed_at_s = monotonic()
            self.write(question)

    @property
    def is_stuck(self) -> bool:
        """Whether the terminal takes nothing any more, not even into its buffers."""
        writer = self._writer_thread
        return writer is not None and writer._queue.qsize() > STUCK_WRITES  # noqa: SLF001 - Textual does not tell

    def process_message(self, message: Message) -> None:
        """Mark what a user does, and count answers; runs in the thread that reads."""
        if isinstance(message, DEEDS):
            self.ask()
        elif isinstance(message, events.CursorPosition):
            self._answers += 1
        super().process_message(message)

    def ask(self) -> None:
        """Note that what changes next is asked for."""
        self._asked_at_s = monotonic()

    @property
    def is_asked(self) -> bool:
        """Whether a user has done something that no paint has answered yet."""
        return monotonic() - self._asked_at_s < ASKED_S

    def answer_asked(self) -> None:
        """Note that what was asked for is known, and will be painted."""
        self._asked_at_s = float("-inf")
