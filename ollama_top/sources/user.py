"""Who ollama-top runs as: what it may end is decided by that."""

import os
import pwd


def own_name() -> str:
    """The user's name; the number where it has none."""
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
