import pytest
from rich.color import ColorType

from ollama_top.columns.cell import Role
from ollama_top.tui.themes import DAY, MONOCHROME, NIGHT, TERMINAL, THEMES, Theme, after, named

MEANINGS = {Role.HEADER, Role.HEADER_FOCUSED, Role.CURSOR, Role.BADGE}


def test_a_theme_is_found_by_its_name_and_else_the_terminal_s_own_is_taken() -> None:
    assert named("night", no_color=False) is NIGHT
    assert named(None, no_color=False) is TERMINAL
    assert named("no such", no_color=False) is TERMINAL


def test_who_wants_no_colours_gets_none() -> None:
    assert named("night", no_color=True) is MONOCHROME
    assert after(MONOCHROME, no_color=True) is MONOCHROME
    styles = [MONOCHROME.style(role) for role in Role]
    assert not [style for style in styles if style and (style.color or style.bgcolor)]


def test_themes_go_round() -> None:
    theme, seen = TERMINAL, []
    for _ in THEMES:
        seen.append(theme.name)
        theme = after(theme, no_color=False)
    assert theme is TERMINAL
    assert sorted(seen) == sorted(each.name for each in THEMES)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_what_is_in_focus_is_told_by_more_than_colour_or_by_contrast(theme: Theme) -> None:
    marks = [theme.style(role) for role in MEANINGS]
    assert all(style and (style.bgcolor or style.reverse or style.underline) for style in marks)
    assert theme.style(Role.CURSOR) != theme.style(Role.HEADER)


def test_the_terminal_s_own_theme_uses_its_16_colours() -> None:
    colours = [style.color for role in Role if (style := TERMINAL.style(role)) and style.color]
    assert colours
    assert {colour.type for colour in colours} == {ColorType.STANDARD}


@pytest.mark.parametrize("theme", [NIGHT, DAY], ids=lambda theme: theme.name)
def test_a_painted_theme_paints_every_role(theme: Theme) -> None:
    assert all((style := theme.style(role)) and style.color and style.bgcolor for role in Role)
