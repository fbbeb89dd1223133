"""What each role looks like, theme by theme.

Must never carry a meaning by colour alone: glyphs and words do; a theme may be without colours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style

from ollama_top.columns.cell import Role


@dataclass(frozen=True)
class Theme:
    """A name and a style for each role; a role without one is drawn as the terminal draws text."""

    name: str
    styles: Mapping[Role, Style]

    def style(self, role: Role) -> Style | None:
        """The style of a role; None for the terminal's own."""
        return self.styles.get(role)


def _theme(name: str, /, **styles: str) -> Theme:
    return Theme(name, {Role(role): Style.parse(style) for role, style in styles.items()})


TERMINAL = _theme(
    "terminal",
    faint="dim",
    strong="bold",
    name="bold",
    good="green",
    notice="cyan",
    warning="bold yellow",
    error="bold red",
    gauge="cyan",
    gauge_high="yellow",
    track="dim",
    header="white on bright_black",
    header_focused="bold black on cyan",
    cursor="reverse",
    badge="bold black on yellow",
    key="bold",
)

MONOCHROME = _theme(
    "monochrome",
    faint="dim",
    strong="bold",
    name="bold",
    warning="bold",
    error="bold",
    track="dim",
    header="underline",
    header_focused="bold reverse",
    cursor="reverse",
    badge="bold reverse",
    key="bold",
)


def _painted(name: str, ground: str, text: str, /, **styles: str) -> Theme:
    """A theme that paints its own background under every role."""
    base = Style.parse(f"{text} on {ground}")
    found = {Role(role): base + Style.parse(style) for role, style in styles.items()}
    return Theme(name, {role: found.get(role, base) for role in Role})


NIGHT = _painted(
    "night",
    "#14171c",
    "#c6ccd4",
    faint="#737d8a",
    strong="bold #f0f3f6",
    name="#e6ebf1",
    good="#8fc28a",
    notice="#7fb4d9",
    warning="bold #e2b65c",
    error="bold #e8796f",
    gauge="#5fa8a0",
    gauge_high="#e2b65c",
    track="#343b45",
    header="#aab4c0 on #262c35",
    header_focused="bold #14171c on #7fb4d9",
    cursor="#ffffff on #33506b",
    badge="bold #14171c on #e2b65c",
    key="bold #7fb4d9",
)

DAY = _painted(
    "day",
    "#fbfaf7",
    "#2f343b",
    faint="#80858c",
    strong="bold #10141a",
    name="#10141a",
    good="#2f7d3b",
    notice="#1f6a9c",
    warning="bold #9a6200",
    error="bold #b3261e",
    gauge="#2f8580",
    gauge_high="#b97900",
    track="#dcdad4",
    header="#454c55 on #e6e3db",
    header_focused="bold #fbfaf7 on #1f6a9c",
    cursor="#10141a on #c9dff0",
    badge="bold #10141a on #f0c65c",
    key="bold #1f6a9c",
)

THEMES = (TERMINAL, NIGHT, DAY, MONOCHROME)


def named(name: str | None, *, no_color: bool) -> Theme:
    """The theme of this name, or the first; without colours where the user wants none."""
    if no_color:
        return MONOCHROME
    return {theme.name: theme for theme in THEMES}.get(name or "", TERMINAL)


def after(theme: Theme, *, no_color: bool) -> Theme:
    """The next theme in the circle."""
    return MONOCHROME if no_color else THEMES[(THEMES.index(theme) + 1) % len(THEMES)]
