"""The keys of the log, declared once: bindings and footer are computed from this.

Must never name a key that does nothing: each action is a method of the screen of the log.
"""

from ollama_top.tui.keys import Group, Key

LOG_KEYS = (
    Key(("q", "l"), "q l", "back", "Close the log.", Group.PROGRAM, "close", 1, "q"),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 9, "F10"),
    Key(("up", "k"), "Up k", "up", "One line up.", Group.MOVE, "move(-1)"),
    Key(("down", "j"), "Down j", "down", "One line down.", Group.MOVE, "move(1)"),
    Key(("pageup", "ctrl+b"), "PgUp ^B", "page up", "One page up.", Group.MOVE, "page(-1)"),
    Key(("pagedown", "ctrl+f"), "PgDn ^F", "page down", "One page down.", Group.MOVE, "page(1)"),
    Key(("home", "g"), "Home g", "oldest", "To the oldest line.", Group.MOVE, "top"),
    Key(("end", "G"), "End G", "newest", "To the newest line, and stay with it.", Group.MOVE, "bottom"),
    Key(("f",), "f", "follow", "Stay with the newest line, or hold the view.", Group.VIEW, "follow", 2),
    Key(("enter",), "Enter", "whole", "The line in full.", Group.TABLE, "whole", 3),
    Key(
        ("f3", "slash"),
        "F3 /",
        "search",
        "Find a line as you type, from here up.",
        Group.TABLE,
        "search",
        4,
        "/",
    ),
    Key(("n",), "n", "again", "The next line up that is found.", Group.TABLE, "search_again"),
    Key(("f4", "backslash"), "F4 \\", "filter", "Only lines with a text.", Group.TABLE, "filter", 5, "F4"),
    Key(("v",), "v", "level", "All lines, from warnings on, errors.", Group.TABLE, "level", 6),
    Key(("tab",), "Tab", "kind", "Only one kind of lines, and the next.", Group.TABLE, "kind(1)", 7),
    Key(("shift+tab",), "S-Tab", "kind before", "The kind before.", Group.TABLE, "kind(-1)"),
    Key(("escape",), "Esc", "all", "All lines; back where all are shown.", Group.TABLE, "clear", 8),
    Key(("space", "Z"), "Space Z", "pause", "Hold this moment, or go on.", Group.VIEW, "app.pause"),
    Key(("T",), "T", "theme", "Next colour theme.", Group.PROGRAM, "app.next_theme"),
)
