"""The files that have a say in a server's environment on macOS. Reads only; none is ever created.

The app's database is opened for reading, and where nobody has it open, as one that does not change:
else SQLite would lay files of its own beside it.
"""

import errno
import json
import os
import plistlib
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.parsers.expat import ExpatError

APP_FOLDER = "Library/Application Support/Ollama"
WAIT_S = 1.0  # for whoever writes into the database
LIMIT_BYTES = 1 << 20


class UnreadableError(Exception):
    """The text says why a file could not be read."""


def plist_environment(path: Path) -> dict[str, str]:
    """EnvironmentVariables of a job's file; raises UnreadableError."""
    try:
        found = plistlib.loads(_content(path))
    except OSError as error:
        raise UnreadableError(f"it may not be read ({error.strerror})") from None
    except (ValueError, ExpatError, plistlib.InvalidFileException):
        raise UnreadableError("it is no property list") from None
    variables = found.get("EnvironmentVariables") if isinstance(found, dict) else None
    return {str(name): str(value) for name, value in variables.items()} if isinstance(variables, dict) else {}


def app_settings(home: Path) -> dict[str, Any]:
    """The app's settings by column, none for an app that keeps none yet; raises UnreadableError."""
    path = home / APP_FOLDER / "db.sqlite"
    if not path.exists():
        return {}
    if not path.is_file():
        raise UnreadableError("it is no regular file")
    is_open = path.with_name("db.sqlite-shm").exists()
    address = f"file:{quote(str(path))}?mode=ro{'' if is_open else '&immutable=1'}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=WAIT_S)) as database:
            database.row_factory = sqlite3.Row
            row = database.execute("SELECT * FROM settings").fetchone()
    except sqlite3.Error as error:
        raise UnreadableError(f"it could not be read ({error})") from None
    return {key: row[key] for key in row.keys()} if row else {}  # noqa: SIM118 - a Row is no mapping


def is_cloud_off(home: Path) -> bool:
    """Whether the server's own file turns models in the cloud off; what cannot be read does not."""
    try:
        found = json.loads(_content(home / ".ollama/server.json"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("disable_ollama_cloud") is True


def text_of(path: Path) -> str | None:
    """A small file's text; None where it is not there, or may not be read."""
    try:
        return _content(path).decode(errors="replace")
    except OSError:
        return None


def _content(path: Path) -> bytes:
    """The beginning of a regular file; of a pipe, which nobody may write into, nothing is waited for."""
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.read(LIMIT_BYTES)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
