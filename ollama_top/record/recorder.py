"""Records in a thread of its own: a slow disk holds up no look and no key.

Must never lose a Frame without saying so, nor end without saying why.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from ollama_top.model.frame import Frame
from ollama_top.record.files import RecordingError
from ollama_top.record.recording import Recording

MOST_WAITING = 16  # Frames that the disk may be behind
PATIENCE_S = 3.0  # for the last ones, at the end


class Recorder:
    """Takes Frames, and writes each as soon as the disk lets it."""

    def __init__(self, recording: Recording, tell: Callable[[str], object]) -> None:
        """Begin; `tell` hears what goes wrong, from another thread."""
        self.path = recording.path
        self._recording = recording
        self._tell = tell
        self._frames: SimpleQueue[Frame | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="recorder", daemon=True)
        self.is_over = False  # nothing more is written
        self.left_out = 0  # Frames that the disk was too slow for
        self._thread.start()

    def add(self, frame: Frame) -> None:
        """Have a Frame written; does not wait for that."""
        if self.is_over:
            return
        if self._frames.qsize() < MOST_WAITING:
            self._frames.put(frame)
            return
        self.left_out += 1
        if self.left_out == 1:
            self._tell(f"{self.path}: the disk is too slow: Frames are left out of the recording")

    def close(self) -> None:
        """Write what there is, and let the file go; waits a little for that."""
        self._frames.put(None)
        self._thread.join(PATIENCE_S)
        if self._thread.is_alive():
            self._tell(f"{self.path}: the disk is too slow: the last Frames may not be in the recording")

    def _run(self) -> None:
        problem: str | None = "a defect of ollama-top's"
        try:
            while (frame := self._frames.get()) is not None:
                self._recording.add(frame)
            problem = None
        except RecordingError as error:
            problem = str(error)
        finally:
            self.is_over = True
            self._recording.close()
            if problem is not None:
                self._tell(f"the recording has ended: {problem}")
