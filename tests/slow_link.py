"""A terminal at the far end of a thin, long wire: so many bytes a second, a delay each way, and stalls.

Must never take in more than a wire's buffers do: beyond that the program itself is held up.
"""

import time
from collections import deque
from collections.abc import Mapping, Sequence

from terminal import MODERN, Terminal

BUFFER_BYTES = 1 << 16  # what sshd and the kernels on the way take in before a program feels anything
PORTION_BYTES = 20
STEP_S = 0.005


class SlowLink(Terminal):
    """What is typed and what is shown both need their time."""

    def __init__(
        self,
        arguments: Sequence[str],
        size: tuple[int, int] = (80, 24),
        variables: Mapping[str, str] = MODERN,
        *,
        bytes_per_s: float = 2000.0,
        delay_s: float = 0.15,
        answers: bool = True,
    ) -> None:
        self.portion_s = PORTION_BYTES / bytes_per_s
        self.delay_s = delay_s
        self._down: deque[tuple[float, bytes]] = deque()  # when it arrives
        self._up: deque[tuple[float, bytes]] = deque()
        self._free_at_s = 0.0  # when the wire has sent all that it was given
        self._stalled_at_s: float | None = None
        super().__init__(arguments, size, variables, answers=answers)

    @property
    def on_the_way(self) -> int:
        """Bytes that the program has sent and the terminal has not seen."""
        return sum(len(portion) for _, portion in self._down)

    def type(self, keys: str) -> None:
        """Send keys; they arrive later."""
        self._up.append((time.monotonic() + self.delay_s, keys.encode()))

    def stall(self) -> None:
        """Let nothing through in either direction."""
        self._stalled_at_s = time.monotonic()

    def resume(self) -> None:
        """Let everything go on from where it was."""
        assert self._stalled_at_s is not None
        lost_s = time.monotonic() - self._stalled_at_s
        self._stalled_at_s = None
        self._free_at_s += lost_s
        for wire in (self._down, self._up):
            late = [(at_s + lost_s, portion) for at_s, portion in wire]
            wire.clear()
            wire.extend(late)

    def _take(self, seconds: float) -> None:
        if self.on_the_way < BUFFER_BYTES:
            self._send_off(self._read(min(seconds, STEP_S)))
        else:
            time.sleep(min(seconds, STEP_S))
        if self._stalled_at_s is None:
            while self._down and self._down[0][0] <= time.monotonic():
                self._show(self._down.popleft()[1])
            while self._up and self._up[0][0] <= time.monotonic():
                super().type(self._up.popleft()[1].decode())

    def _send_off(self, chunk: bytes) -> None:
        for at in range(0, len(chunk), PORTION_BYTES):
            self._free_at_s = max(self._free_at_s, time.monotonic()) + self.portion_s
            self._down.append((self._free_at_s + self.delay_s, chunk[at : at + PORTION_BYTES]))
