"""The keys of the main screen, declared once: bindings, footer and help are computed from this.

Must never name a key that does nothing: each action is a method of the screen or of the app.
"""

from ollama_top.tui.keys import Group, Key, allowed
from ollama_top.tui.view import View


def opens(page: str) -> str:
    """The action that opens a page, by the name of a method of `opening.Opening`."""
    return f"app.open('{page}')"


def asks(deed: str) -> str:
    """The action that begins a deed, by the name of a method of `acting.Hands`."""
    return f"app.ask('{deed}')"


MAIN_KEYS = (
    Key(("f1", "question_mark", "h"), "F1 ? h", "help", "This help.", Group.PROGRAM, opens("help"), 1, "F1"),
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
        opens("details"),
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
        opens("sort"),
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
        opens("server"),
        4,
    ),
    Key(
        ("H",),
        "H",
        "hour",
        "The last hour: queue, tokens a second, memory, GPUs, times to the first token, and what happened.",
        Group.VIEW,
        opens("hour"),
        5,
    ),
    Key(
        ("R",),
        "R",
        "record",
        "Record what is seen in a file of the folder you are in, or stop that.",
        Group.VIEW,
        "app.record",
    ),
    Key(("y",), "y", "copy", "Copy the row as text to the terminal's clipboard.", Group.TABLE, asks("copy")),
    Key(("Y",), "Y", "copy JSON", "Copy the row as JSON.", Group.TABLE, asks("copy_json")),
    Key(
        ("a",),
        "a",
        "actions",
        "Every action for the row, and why one is not possible.",
        Group.SERVER,
        asks("actions"),
        5,
        writes=True,
    ),
    Key(
        ("i",),
        "i",
        "process",
        "The server's processes, its limits, and the environment it was started with.",
        Group.VIEW,
        opens("processes"),
        13,
    ),
    Key(
        ("f2", "S"),
        "F2 S",
        "setup",
        "Choose panels and columns; what you choose is kept for this server.",
        Group.VIEW,
        opens("setup"),
        14,
    ),
    Key(
        ("d",),
        "d",
        "doctor",
        "What could be better: cause, evidence and mend of every finding.",
        Group.SERVER,
        opens("doctor"),
        4,
    ),
    Key(
        ("e",),
        "e",
        "settings",
        "Every variable of the server: configured, running, effective.",
        Group.SERVER,
        opens("settings"),
        4,
    ),
    Key(
        ("p",),
        "p",
        "profiles",
        "Sets of values, kept for this machine or worked out for it, beside what the server has.",
        Group.SERVER,
        opens("profiles"),
        13,
    ),
    Key(
        ("b",),
        "b",
        "burst",
        "Send several requests at once, and see how many are served at once.",
        Group.SERVER,
        "app.burst",
        5,
        writes=True,
    ),
    Key(
        ("l",),
        "l",
        "log",
        "The server's log, without the lines that looking at a server makes it write.",
        Group.VIEW,
        opens("log"),
        5,
    ),
    Key(
        ("f9", "u"),
        "F9 u",
        "unload",
        "Unload the model of the row; asks first, as all do.",
        Group.SERVER,
        asks("unload"),
        6,
        "F9",
        writes=True,
    ),
    Key(("L",), "L", "load", "Load an installed model.", Group.SERVER, asks("load"), 13, writes=True),
    Key(
        ("K",),
        "K",
        "keep",
        "Keep the model of the row for another time, or for ever.",
        Group.SERVER,
        asks("keep"),
        14,
        writes=True,
    ),
    Key(("P",), "P", "pull", "Download a model.", Group.SERVER, asks("pull"), writes=True),
    Key(
        ("x",),
        "x",
        "proxy",
        "Start a proxy that sees every request exactly, or stop one.",
        Group.SERVER,
        asks("proxy"),
        writes=True,
    ),
    Key(
        ("t",),
        "t",
        "history",
        "What passed proxies: times by model, what each client had, the last requests.",
        Group.SERVER,
        opens("passed"),
        14,
    ),
    Key(
        ("X",),
        "X",
        "stop",
        "End a load or pull of ours, or a runner that is stuck.",
        Group.SERVER,
        asks("stop"),
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


def keys_of(view: View) -> tuple[Key, ...]:
    """The keys of the main screen as it is used: of a replay, of one of several hosts, or to look only."""
    if view.replay is not None:
        from ollama_top.tui.replay_keys import KEYS  # noqa: PLC0415 - few look at recordings

        return KEYS
    if view.tabs is not None:
        from ollama_top.tui.hosts_keys import TABBED_KEYS  # noqa: PLC0415 - nor at several hosts

        return allowed(TABBED_KEYS, read_only=view.is_read_only)
    return allowed(MAIN_KEYS, read_only=view.is_read_only)
