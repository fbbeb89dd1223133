"""The keys of the profiles' screen, declared once, as those of the main screen are."""

from ollama_top.tui.keys import Group, Key

PROFILE_KEYS = (
    Key(("escape", "q", "p"), "Esc q", "back", "Close the page.", Group.PROGRAM, "close", 1, "Esc"),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 6, "F10"),
    Key(("enter",), "Enter", "explain", "All of the marked profile.", Group.TABLE, "explain", 2),
    Key(
        ("w",),
        "w",
        "plan",
        "What would be done to give it to the server; asks before it does it.",
        Group.SERVER,
        "plan",
        2,
        writes=True,
    ),
    Key(("s",), "s", "save as", "Keep what the server has under a name.", Group.TABLE, "save", 4),
    Key(("delete", "D"), "Del D", "delete", "Delete the marked profile.", Group.TABLE, "delete", 5, "Del"),
    Key(("up", "k"), "Up k", "up", "The profile above.", Group.MOVE, "scroll(-1)"),
    Key(("down", "j"), "Down j", "mark", "The profile below.", Group.MOVE, "scroll(1)", 3, "Up Down"),
    Key(("pageup", "ctrl+b"), "PgUp", "page up", "One page up.", Group.MOVE, "page(-1)"),
    Key(("pagedown", "ctrl+f"), "PgDn", "page down", "One page down.", Group.MOVE, "page(1)"),
    Key(("home", "g"), "Home", "top", "To the first profile.", Group.MOVE, "scroll(-100000)"),
    Key(("end", "G"), "End", "bottom", "To the last profile.", Group.MOVE, "scroll(100000)"),
)
