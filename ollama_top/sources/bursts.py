"""What earlier bursts of this server measured, as far as it was kept. Read again only when it has changed."""

import platform

from ollama_top.config.kept_results import burst_file
from ollama_top.config.result_file import NotKeptError, ResultFile
from ollama_top.model.burst import KeptBurst

SHOWN = 20  # the newest


class KeptBursts:
    """Reads the file of one server; for one thread."""

    def __init__(self, server: str) -> None:
        """Prepare without looking; `server` is its address."""
        self._server = server
        self._file: ResultFile[KeptBurst] | None = None
        self._changed_ns: int | None = None
        self._bursts: tuple[KeptBurst, ...] = ()

    def look(self) -> tuple[KeptBurst, ...]:
        """The newest results, the oldest of them first; raises OSError with the reason."""
        self._file = self._file or burst_file(self._server, platform.node())
        try:
            changed_ns = self._file.path.stat().st_mtime_ns
        except FileNotFoundError:
            changed_ns = None
        if changed_ns != self._changed_ns:
            try:
                self._bursts = self._file.load()[-SHOWN:]
            except NotKeptError as error:
                raise OSError(str(error)) from error
            self._changed_ns = changed_ns
        return self._bursts
