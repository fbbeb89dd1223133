"""The title of the terminal's window: what sets it, and what brings the old one back.

Must never carry a control character, nor go to a terminal that would print it.
"""

from ollama_top.model.text import printable

SAVE = "\x1b[22;0t"  # XTPUSHTITLE; what does not know it ignores it
RESTORE = "\x1b[23;0t"
WITHOUT_TITLE = ("linux", "dumb", "vt", "ansi", "cons", "sun", "wy")  # beginnings of names of terminals


def has_title(term: str) -> bool:
    """Whether a terminal of this name (TERM) has a title, or takes what sets it for nothing."""
    return bool(term) and not term.startswith(WITHOUT_TITLE)


def titled(text: str) -> str:
    """What makes this the title."""
    return f"\x1b]2;{printable(text)}\x07"
