"""Text from outside, made safe to show on one line of a terminal.

Must never let through a character that moves the cursor, changes a style, reorders its line, or hides.
"""

import re

_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F
_UNSEEN = re.compile(  # letters and marks by Unicode's account, and nothing to be seen
    "[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff"  # flags and skins: no two terminals agree on their width
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def printable(text: str) -> str:
    r"""The text with each control, bidirectional, invisible or broken character as a visible stand-in.

    ESC becomes `␛`, a newline `␊`, anything else its escape, such as `\u202e`.
    """
    if text.isprintable() and not _UNSEEN.search(text):
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "␡"
    if character.isspace():
        return " " if not _breaks_lines(character) else _escape(code)
    if character.isprintable() and not _UNSEEN.match(character):
        return character
    return _escape(code)


def _breaks_lines(character: str) -> bool:
    return len(f"x{character}x".splitlines()) > 1


def _escape(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
