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
    action: str
    footer_order: int = 0  # 0 stays out of the footer; lower ones stay longer as it narrows
    footer_key: str = ""  # the key that the footer names; the first one by default
    writes: bool = False  # changes the server: unbound when read-only


MAIN_KEYS = (
    Key(("f1", "question_mark", "h"), "F1 ? h", "help", "This help.", Group.PROGRAM, "app.help", 1, "F1"),
    Key(("f10", "q", "ctrl+c"), "F10 q ^C", "quit", "Leave.", Group.PROGRAM, "app.quit", 2, "q"),
    Key(
        ("ctrl+z",), "^Z", "suspend", "Back to the shell; `fg` returns.", Group.PROGRAM, "app.suspend_process"
    ),
    Key(("T",), "T", "theme", "Next colour theme.", Group.PROGRAM, "app.next_theme", 12),
    Key(("up", "k"), "Up k", "up", "One row up.", Group.MOVE, "move(-1)"),
    Key(("down", "j"), "Down j", "down", "One row down.", Group.MOVE, "move(1)"),
    Key(("pageup", "ctrl+b"), "PgUp ^B", "page up", "One page up.", Group.MOVE, "page(-1)"),
    Key(("pagedown", "ctrl+f"), "PgDn ^F", "page down", "One page down.", Group.MOVE, "page(1)"),
    Key(("home", "g"), "Home g", "top", "To the first row, and stay at the top.", Group.MOVE, "top"),
    Key(("end", "G"), "End G", "bottom", "To the last row.", Group.MOVE, "bottom"),
    Key(("tab",), "Tab", "next", "Next table, then GPUs and header.", Group.MOVE, "focus_step(1)", 11),
    Key(("shift+tab",), "S-Tab", "previous", "The table before.", Group.MOVE, "focus_step(-1)"),
    Key(
        ("enter",),
        "Enter",
        "details",
        "Every value of the row: its source, its age, or why it is missing.",
        Group.TABLE,
        "app.details",
        3,
    ),
    Key(
        ("f3", "slash"),
        "F3 /",
        "search",
        "Find a row as you type; F3 goes on to the next.",
        Group.TABLE,
        "search",
        5,
        "/",
    ),
    Key(("n",), "n", "again", "Next row that the last search finds.", Group.TABLE, "search_again"),
    Key(
        ("f4", "backslash"),
        "F4 \\",
        "filter",
        "Show only rows that contain a text.",
        Group.TABLE,
        "filter",
        6,
        "F4",
    ),
    Key(("escape",), "Esc", "clear", "Clear filter and zoom.", Group.TABLE, "clear"),
    Key(
        ("f6", "less_than_sign", "greater_than_sign"),
        "F6 < >",
        "sort",
        "Choose the column to sort by.",
        Group.TABLE,
        "app.sort",
        7,
        "F6",
    ),
    Key(("I",), "I", "invert", "Invert the order.", Group.TABLE, "invert"),
    Key(("z",), "z", "zoom", "Give the table the whole screen, or take it back.", Group.TABLE, "zoom", 9),
    Key(
        ("space", "Z"), "Space Z", "pause", "Hold this moment, or go on.", Group.VIEW, "app.pause", 8, "Space"
    ),
    Key(
        ("f5", "r"),
        "F5 r",
        "look now",
        "Look at once instead of at the end of the interval.",
        Group.VIEW,
        "app.look_now",
        10,
        "r",
    ),
    Key(
        ("s",),
        "s",
        "sources",
        "The server, the verdict in full, and every source.",
        Group.VIEW,
        "app.server",
        4,
    ),
    Key(("y",), "y", "copy", "Copy the row as text to the terminal's clipboard.", Group.TABLE, "app.copy"),
    Key(("Y",), "Y", "copy JSON", "Copy the row as JSON.", Group.TABLE, "app.copy_json"),
    Key(
        ("a",),
        "a",
        "actions",
        "Every action for the row, and why one is not possible.",
        Group.SERVER,
        "app.actions",
        5,
        writes=True,
    ),
    Key(
        ("i",),
        "i",
        "process",
        "The server's processes, its limits, and the environment it was started with.",
        Group.VIEW,
        "app.processes",
        13,
    ),
    Key(
        ("f2", "S"),
        "F2 S",
        "setup",
        "Choose panels and columns; what you choose is kept for this server.",
        Group.VIEW,
        "app.setup",
        14,
    ),
    Key(
        ("d",),
        "d",
        "doctor",
        "What could be better: cause, evidence and mend of every finding.",
        Group.SERVER,
        "app.doctor",
        4,
    ),
    Key(
        ("e",),
        "e",
        "settings",
        "Every variable of the server: configured, running, effective.",
        Group.SERVER,
        "app.settings",
        4,
    ),
    Key(
        ("l",),
        "l",
        "log",
        "The server's log, without the lines that looking at a server makes it write.",
        Group.VIEW,
        "app.log",
        5,
    ),
    Key(
        ("f9", "u"),
        "F9 u",
        "unload",
        "Unload the model of the row; asks first, as all do.",
        Group.SERVER,
        "app.unload",
        6,
        "F9",
        writes=True,
    ),
    Key(("L",), "L", "load", "Load an installed model.", Group.SERVER, "app.load", 13, writes=True),
    Key(
        ("K",),
        "K",
        "keep",
        "Keep the model of the row for another time, or for ever.",
        Group.SERVER,
        "app.keep",
        14,
        writes=True,
    ),
    Key(("P",), "P", "pull", "Download a model.", Group.SERVER, "app.pull", writes=True),
    Key(
        ("X",),
        "X",
        "stop",
        "End a load or pull of ours, or a runner that is stuck.",
        Group.SERVER,
        "app.stop",
        writes=True,
    ),
    Key(
        ("D",),
        "D",
        "demo",
        "On the screen of an unreachable server: show the simulation instead.",
        Group.SERVER,
        "app.demo",
    ),
)

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
