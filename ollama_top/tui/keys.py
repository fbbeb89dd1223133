"""Every key, declared once: bindings, footer and help are computed from this.

Must never name a key that does nothing: each action is a method of the screen it belongs to.
"""

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """Headings of the help screen."""

    MOVE = "Move"
    TABLE = "The table in focus"
    VIEW = "View"
    SERVER = "Server"
    PROGRAM = "Program"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a user can do, and the keys that do it."""

    keys: tuple[str, ...]  # as Textual names them
    shown: str  # as a person names them
    label: str  # a word for the footer
    help: str  # a line for the help screen
    group: Group
    action: str  # as Textual writes it; `{key}` stands for the key that was pressed
    footer_order: int = 0  # 0 stays out of the footer; lower ones stay longer as it narrows
    footer_key: str = ""  # the key that the footer names; the first one by default
    writes: bool = False  # changes the server: unbound when read-only


PAGE_KEYS = (
    Key(
        ("escape", "q", "enter", "f1", "question_mark", "h"),
        "Esc q",
        "back",
        "Close the page.",
        Group.PROGRAM,
        "close",
        1,
        "Esc",
    ),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 3, "F10"),
    Key(("up", "k"), "Up k", "up", "One line up.", Group.MOVE, "scroll(-1)"),
    Key(("down", "j"), "Down j", "scroll", "One line down.", Group.MOVE, "scroll(1)", 2, "Up Down PgUp PgDn"),
    Key(("pageup", "ctrl+b"), "PgUp", "page up", "One page up.", Group.MOVE, "page(-1)"),
    Key(("pagedown", "ctrl+f", "space"), "PgDn", "page down", "One page down.", Group.MOVE, "page(1)"),
    Key(("home", "g"), "Home", "top", "To the first line.", Group.MOVE, "scroll(-100000)"),
    Key(("end", "G"), "End", "bottom", "To the last line.", Group.MOVE, "scroll(100000)"),
)

SETUP_KEYS = (
    Key(("escape", "q", "f2", "S"), "Esc q", "back", "Close the setup.", Group.PROGRAM, "close", 1, "Esc"),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 6, "F10"),
    Key(("space", "enter"), "Space", "show/hide", "Show or hide what is marked.", Group.TABLE, "change", 2),
    Key(("left", "f7"), "Left F7", "earlier", "The column one place earlier.", Group.TABLE, "shift(-1)"),
    Key(
        ("right", "f8"),
        "Right F8",
        "move column",
        "The column one place later.",
        Group.TABLE,
        "shift(1)",
        4,
        "Left Right",
    ),
    Key(("R",), "R", "reset", "All panels and columns as at first.", Group.TABLE, "reset", 5),
    Key(("up", "k"), "Up k", "up", "The item above.", Group.MOVE, "scroll(-1)"),
    Key(("down", "j"), "Down j", "mark", "The item below.", Group.MOVE, "scroll(1)", 3, "Up Down"),
    Key(("pageup", "ctrl+b"), "PgUp", "page up", "One page up.", Group.MOVE, "page(-1)"),
    Key(("pagedown", "ctrl+f"), "PgDn", "page down", "One page down.", Group.MOVE, "page(1)"),
    Key(("home", "g"), "Home", "top", "To the first item.", Group.MOVE, "scroll(-100000)"),
    Key(("end", "G"), "End", "bottom", "To the last item.", Group.MOVE, "scroll(100000)"),
)

CHOICE_KEYS = (
    Key(("enter",), "Enter", "choose", "Take the marked choice.", Group.PROGRAM, "choose", 1),
    Key(("escape", "q"), "Esc q", "back", "Change nothing.", Group.PROGRAM, "close", 3, "Esc"),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 5, "F10"),
    Key(("up", "k", "left", "shift+tab"), "Up k", "up", "The choice before.", Group.MOVE, "mark(-1)"),
    Key(
        ("down", "j", "right", "tab"),
        "Down j",
        "move",
        "The next choice.",
        Group.MOVE,
        "mark(1)",
        2,
        "Up Down",
    ),
)

_LIST_KEYS = (
    Key(("up", "shift+tab"), "Up", "up", "The choice before.", Group.MOVE, "mark(-1)"),
    Key(("down", "tab"), "Down", "move", "The next choice.", Group.MOVE, "mark(1)", 2, "Up Down"),
)
ENTRY_KEYS = (
    Key(("enter",), "Enter", "go on", "Take what was typed.", Group.PROGRAM, "choose", 1),
    Key(("escape",), "Esc", "back", "Change nothing.", Group.PROGRAM, "close", 3),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 5, "F10"),
)
PICKER_KEYS = (*ENTRY_KEYS, *_LIST_KEYS)

CONFIRM_KEYS = (
    *CHOICE_KEYS,
    Key(("y",), "y", "yes", "Do it.", Group.PROGRAM, "answer('Yes')", 1),
    Key(("n",), "n", "no", "Leave it.", Group.PROGRAM, "answer('No')", 1),
)


def allowed(keys: tuple[Key, ...], *, read_only: bool) -> tuple[Key, ...]:
    """The keys that may be bound: none that changes the server when that is not wanted."""
    return tuple(key for key in keys if not (read_only and key.writes))


def in_footer(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """The keys that the footer names, the dispensable ones last."""
    return tuple(sorted((key for key in keys if key.footer_order), key=lambda key: key.footer_order))
