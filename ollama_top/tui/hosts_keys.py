"""The keys of several hosts, declared once: of their overview, and of the monitor of one of them."""

from ollama_top.tui.keys import Group, Key
from ollama_top.tui.main_keys import MAIN_KEYS

HOSTS_KEYS = (
    Key(("enter",), "Enter", "watch", "The monitor of this host.", Group.TABLE, "watch", 1),
    Key(("f10", "q", "escape", "ctrl+c"), "F10 q", "quit", "Leave.", Group.PROGRAM, "app.quit", 3, "q"),
    Key(("up", "k"), "Up k", "up", "One host up.", Group.MOVE, "move(-1)"),
    Key(("down", "j"), "Down j", "move", "One host down.", Group.MOVE, "move(1)", 2, "Up Down"),
    Key(("home", "g"), "Home g", "top", "To the first host.", Group.MOVE, "move(-100000)"),
    Key(("end", "G"), "End G", "bottom", "To the last host.", Group.MOVE, "move(100000)"),
    Key(tuple("123456789"), "1 to 9", "watch", "The monitor of that host.", Group.MOVE, "app.host({key})"),
    Key(("r", "f5"), "r F5", "look now", "Look at this host at once.", Group.VIEW, "again", 4),
)

TAB_KEYS = (
    Key(("q", "0"), "q 0", "hosts", "Back to the overview of the hosts.", Group.PROGRAM, "app.overview", 2),
    Key(("f10", "ctrl+c"), "F10 ^C", "quit", "Leave.", Group.PROGRAM, "app.quit", 4, "F10"),
    Key(
        ("right_square_bracket", "right"),
        "] Right",
        "next host",
        "The next host, as it is now; all of them are followed all the time.",
        Group.MOVE,
        "app.host_step(1)",
        3,
        "[ ]",
    ),
    Key(
        ("left_square_bracket", "left"),
        "[ Left",
        "host before",
        "The host before.",
        Group.MOVE,
        "app.host_step(-1)",
    ),
    Key(tuple("123456789"), "1 to 9", "host", "The host of that number.", Group.MOVE, "app.host({key})"),
)

TABBED_KEYS = (*TAB_KEYS, *(key for key in MAIN_KEYS if key.action != "app.quit"))
"""All keys of the main screen of one of several hosts."""
