"""The keys of the screens that change settings, declared once: bindings and footers are computed from this.

Must never name a key that does nothing: each action is a method of its screen.
"""

from ollama_top.tui.keys import PAGE_KEYS, Group, Key

_ABOUT_SETTINGS = (
    Key(("escape", "q", "e"), "Esc q", "back", "Close the settings.", Group.PROGRAM, "close", 1, "Esc"),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 8, "F10"),
    Key(("up", "k"), "Up k", "up", "The variable above.", Group.MOVE, "move(-1)"),
    Key(("down", "j"), "Down j", "move", "The variable below.", Group.MOVE, "move(1)", 7, "Up Down"),
    Key(("pageup", "ctrl+b"), "PgUp ^B", "page up", "One page up.", Group.MOVE, "page(-1)"),
    Key(("pagedown", "ctrl+f"), "PgDn ^F", "page down", "One page down.", Group.MOVE, "page(1)"),
    Key(("home", "g"), "Home g", "top", "To the first variable.", Group.MOVE, "top"),
    Key(("end", "G"), "End G", "bottom", "To the last variable.", Group.MOVE, "bottom"),
    Key(("f3", "slash"), "F3 /", "search", "Find a variable as you type.", Group.TABLE, "search", 6, "/"),
    Key(("n",), "n", "again", "The next variable that is found.", Group.TABLE, "search_again"),
    Key(("T",), "T", "theme", "Next colour theme.", Group.PROGRAM, "app.next_theme"),
)

SETTINGS_KEYS = (
    *_ABOUT_SETTINGS,
    Key(("enter",), "Enter", "explain", "All that is known of the variable.", Group.TABLE, "explain", 2),
)
"""Of who may only look."""

CHANGE_KEYS = (
    *_ABOUT_SETTINGS,
    Key(
        ("enter",),
        "Enter",
        "change",
        "What the variable means, and another value for it.",
        Group.TABLE,
        "change",
        2,
        writes=True,
    ),
    Key(
        ("w",),
        "w",
        "plan",
        "What would be done for the changes, and what it costs; asks before it does it.",
        Group.SERVER,
        "plan",
        3,
        writes=True,
    ),
    Key(
        ("delete", "x"),
        "Del x",
        "forget",
        "Forget what was to be changed in the row.",
        Group.TABLE,
        "forget",
        5,
        "x",
        writes=True,
    ),
    Key(
        ("U",),
        "U",
        "undo",
        "Take the last change back that is in force; shows the plan first.",
        Group.SERVER,
        "undo",
        4,
        writes=True,
    ),
    Key(
        ("a",),
        "a",
        "another",
        "Change a variable that is not listed, such as one of a GPU's driver.",
        Group.TABLE,
        "another",
        6,
        writes=True,
    ),
)

_SCROLLING = tuple(each for each in PAGE_KEYS if each.action not in {"close", "scroll(1)", "app.quit"})

PLAN_KEYS = (
    *_SCROLLING,
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave ollama-top.", Group.PROGRAM, "app.quit", 7, "F10"),
    Key(("down", "j"), "Down j", "scroll", "One line down.", Group.MOVE, "scroll(1)", 3, "Up Down"),
    Key(("y",), "y", "do it", "Carry the plan out.", Group.SERVER, "yes", 1, writes=True),
    Key(("escape", "q", "n"), "Esc q n", "leave it", "Change nothing.", Group.PROGRAM, "close", 1, "Esc"),
    Key(("enter",), "Enter", "answer", "Give the marked answer.", Group.PROGRAM, "choose"),
    Key(("tab", "left", "right", "shift+tab"), "Tab", "mark", "The other answer.", Group.MOVE, "mark", 2),
    Key(
        ("d",),
        "d",
        "wait",
        "Wait until no request is in flight, for two minutes at the most.",
        Group.SERVER,
        "turn('d')",
        4,
    ),
    Key(
        ("p",),
        "p",
        "proxy",
        "Have the proxy keep new requests back meanwhile, where one is known.",
        Group.SERVER,
        "turn('p')",
    ),
    Key(("m",), "m", "models", "Load again what is in memory now.", Group.SERVER, "turn('m')", 5),
    Key(("o",), "o", "only write", "Write it, and restart nothing.", Group.SERVER, "turn('o')", 6),
)

COPY = Key(
    ("y",), "y", "copy", "Copy what is to be typed to the terminal's clipboard.", Group.PROGRAM, "copy", 1
)
BURST = Key(
    ("b",),
    "b",
    "burst",
    "Prove it, once it is done: send several requests at once.",
    Group.SERVER,
    "burst",
    1,
    writes=True,
)
COPY_KEYS = (*PAGE_KEYS, COPY)
PROGRESS_KEYS = (*COPY_KEYS, BURST)

DIGITS = range(1, 10)
MEND_KEYS = (
    *PAGE_KEYS,
    *(
        Key(
            (str(digit),),
            str(digit),
            "mends",
            "Shows the plan that mends the finding of this number.",
            Group.SERVER,
            f"mend({digit})",
            1 if digit == 1 else 0,
            "1-9",
            writes=True,
        )
        for digit in DIGITS
    ),
)
