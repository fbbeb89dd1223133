"""Every glyph of the screen as one of ASCII's, for terminals and fonts that have no others.

Must never change a width: what takes two cells becomes two characters.
"""

from rich.cells import cell_len

from ollama_top.tui.line.driver import LineDriver

UNKNOWN = "?"
_GLYPHS = {
    **dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True)),  # the steps of a spark
    **dict(zip("━╸─▕└▓▒", "#=-|`%:", strict=True)),  # bars, frames, lanes
    **dict(zip("●○◔◐·", "*o-%.", strict=True)),  # lights
    **dict(zip("✓✗▲▼", "+x^v", strict=True)),
    **dict(zip("▶‖│┈╷", ">=|.|", strict=True)),  # how a replay plays, a cursor in time
    **dict(zip("…»≤°µμ“”", '>><"uu""', strict=True)),
}
_BRAILLE = range(0x2800, 0x2900)
_BY_DOTS = " ..::||##"
_CONTROL_PICTURES = range(0x2400, 0x2422)


def plain(character: str) -> str:
    """A character as it is shown in ASCII, in as many cells."""
    code = ord(character)
    if character.isascii():
        return character
    if code in _BRAILLE:
        return _BY_DOTS[(code - _BRAILLE.start).bit_count()]
    if code in _CONTROL_PICTURES:
        return "^"
    return _GLYPHS.get(character, UNKNOWN * cell_len(character))


class _Plain(dict[int, str]):
    def __missing__(self, code: int) -> str:
        return self.setdefault(code, plain(chr(code)))


class AsciiDriver(LineDriver):
    """A terminal that is sent nothing but ASCII."""

    _plain = _Plain()

    def write(self, data: str) -> None:
        """Send it in ASCII; escape sequences are that already."""
        super().write(data if data.isascii() else data.translate(self._plain))
