"""The keys of a replay, declared once: those of the main screen that need no server, and those of time."""

from ollama_top.tui.keys import Group, Key, allowed
from ollama_top.tui.main_keys import MAIN_KEYS, opens

TIME_KEYS = (
    Key(("space",), "Space", "play/stay", "Play, or stay at this moment.", Group.VIEW, "app.pause", 3),
    Key(("left",), "Left", "back", "Ten seconds back.", Group.VIEW, "app.skip(-10)"),
    Key(("right",), "Right", "seek", "Ten seconds on.", Group.VIEW, "app.skip(10)", 3, "Left Right"),
    Key(("shift+left",), "S-Left", "5 min back", "Five minutes back.", Group.VIEW, "app.skip(-300)"),
    Key(("shift+right",), "S-Right", "5 min on", "Five minutes on.", Group.VIEW, "app.skip(300)"),
    Key(("comma",), ",", "back", "One Frame back.", Group.VIEW, "app.step(-1)"),
    Key(("full_stop",), ".", "step", "One Frame on.", Group.VIEW, "app.step(1)", 9, ", ."),
    Key(("home",), "Home", "begin", "To the first Frame.", Group.VIEW, "app.to_end(-1)"),
    Key(("end",), "End", "end", "To the last Frame.", Group.VIEW, "app.to_end(1)"),
    Key(
        ("left_square_bracket",),
        "[",
        "before",
        "To where the verdict last became better or worse.",
        Group.VIEW,
        "app.to_change(-1)",
    ),
    Key(
        ("right_square_bracket",),
        "]",
        "finding",
        "To where the verdict next becomes better or worse.",
        Group.VIEW,
        "app.to_change(1)",
        3,
        "[ ]",
    ),
    Key(("minus",), "-", "slower", "Play slower.", Group.VIEW, "app.speed(-1)"),
    Key(("plus",), "+", "speed", "Play faster.", Group.VIEW, "app.speed(1)", 3, "+ -"),
    Key(("colon",), ":", "go to", "To a time of day, such as 15:00.", Group.VIEW, "app.go_to", 3),
)

LEFT_OUT = frozenset({"app.pause", "app.look_now", "app.record", "app.demo", "top", "bottom", opens("setup")})
"""Actions of the main screen that a replay has no use for, or has by other keys."""

ROW_KEYS = (
    Key(("g",), "g", "top", "To the first row, and stay at the top.", Group.MOVE, "top"),
    Key(("G",), "G", "bottom", "To the last row.", Group.MOVE, "bottom"),
)

KEYS = (
    *TIME_KEYS,
    *(key for key in allowed(MAIN_KEYS, read_only=True) if key.action not in LEFT_OUT),
    *ROW_KEYS,
)
"""All of them."""
