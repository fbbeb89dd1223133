"""The keys of the last hour, declared once: bindings and footer are computed from this.

Must never name a key that does nothing: each action is a method of the screen of the hour.
"""

from ollama_top.tui.keys import Group, Key

HOUR_KEYS = (
    Key(("escape", "q", "H"), "Esc q H", "back", "Close the page.", Group.PROGRAM, "close", 1, "Esc"),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 9, "F10"),
    Key(("left",), "Left", "earlier", "One column earlier.", Group.MOVE, "move(-1)"),
    Key(("right",), "Right", "cursor", "One column later.", Group.MOVE, "move(1)", 2, "Left Right"),
    Key(("shift+left", "pageup"), "S-Left", "earlier", "Ten columns earlier.", Group.MOVE, "move(-10)"),
    Key(("shift+right", "pagedown"), "S-Right", "later", "Ten columns later.", Group.MOVE, "move(10)"),
    Key(("home",), "Home", "oldest", "To the oldest column.", Group.MOVE, "move(-100000)"),
    Key(("end",), "End", "newest", "To the newest, and stay with it.", Group.MOVE, "move(100000)", 5),
    Key(
        ("left_square_bracket",),
        "[",
        "event before",
        "To the event before this.",
        Group.MOVE,
        "to_event(-1)",
    ),
    Key(
        ("right_square_bracket",),
        "]",
        "event",
        "To the next event.",
        Group.MOVE,
        "to_event(1)",
        3,
        "[ ]",
    ),
    Key(("plus",), "+", "closer", "Less of the hour, drawn wider.", Group.VIEW, "zoom(-1)", 4, "+ -"),
    Key(("minus",), "-", "farther", "More of the hour.", Group.VIEW, "zoom(1)"),
    Key(
        ("space", "Z"), "Space Z", "pause", "Hold this moment, or go on.", Group.VIEW, "app.pause", 6, "Space"
    ),
    Key(("T",), "T", "theme", "Next colour theme.", Group.PROGRAM, "app.next_theme"),
)
