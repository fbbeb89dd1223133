"""What two real servers said, as they said it: the files of tests/captures."""

import json
from pathlib import Path
from typing import Any

CAPTURES = Path(__file__).parent / "captures"
NEWEST, OLDER = "ollama-0.33.0-rc2", "ollama-0.24.0"


class Capture:
    """The recordings of one server."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._folder = CAPTURES / server

    def json(self, name: str) -> Any:
        return json.loads((self._folder / f"{name}.json").read_text())

    def body(self, name: str) -> bytes:
        """The body of a recorded reply."""
        return str(self.json(name)["body"]).encode()

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.server.log").read_text()
