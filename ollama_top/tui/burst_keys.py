"""The keys of the burst's screen, declared once: bindings and footer are computed from this.

Must never name a key that does nothing: each action is a method of that screen.
"""

from ollama_top.tui.keys import Group, Key

BURST_KEYS = (
    Key(
        ("escape", "q"),
        "Esc q",
        "cancel, back",
        "Close every request, or go back.",
        Group.PROGRAM,
        "close",
        1,
        "Esc",
    ),
    Key(("b",), "b", "again", "Send the same once more, when it is over.", Group.SERVER, "again", 2),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 4, "F10"),
    Key(("up", "k"), "Up k", "up", "One line up.", Group.MOVE, "scroll(-1)"),
    Key(("down", "j"), "Down j", "scroll", "One line down.", Group.MOVE, "scroll(1)", 3, "Up Down"),
    Key(("pageup", "ctrl+b"), "PgUp", "page up", "One page up.", Group.MOVE, "scroll(-15)"),
    Key(("pagedown", "ctrl+f", "space"), "PgDn", "page down", "One page down.", Group.MOVE, "scroll(15)"),
    Key(("T",), "T", "theme", "Next colour theme.", Group.PROGRAM, "app.next_theme"),
)
