"""The keys of the overview of several machines, declared once."""

from ollama_top.tui.keys import Group, Key

HOSTS_KEYS = (
    Key(("enter",), "Enter", "watch", "The monitor of this machine.", Group.TABLE, "watch", 1),
    Key(("f10", "q", "escape", "ctrl+c"), "F10 q", "quit", "Leave.", Group.PROGRAM, "app.quit", 3, "q"),
    Key(("up", "k"), "Up k", "up", "One machine up.", Group.MOVE, "move(-1)"),
    Key(("down", "j"), "Down j", "move", "One machine down.", Group.MOVE, "move(1)", 2, "Up Down"),
    Key(("home", "g"), "Home g", "top", "To the first machine.", Group.MOVE, "move(-100000)"),
    Key(("end", "G"), "End G", "bottom", "To the last machine.", Group.MOVE, "move(100000)"),
    Key(("r", "f5"), "r F5", "look now", "Look at this machine at once.", Group.VIEW, "again", 4),
)
