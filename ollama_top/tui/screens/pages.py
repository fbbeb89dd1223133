"""The pages and questions of the monitor, put together from what they say."""

from typing import Any

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.column import Table
from ollama_top.columns.processes import PROCESSES
from ollama_top.tui.arrangement import Arrangement, arranged
from ollama_top.tui.draw.details import details
from ollama_top.tui.draw.doctor import doctor_page
from ollama_top.tui.draw.fit import fit_line
from ollama_top.tui.draw.help import help_page
from ollama_top.tui.draw.passed import passed_page
from ollama_top.tui.draw.process import process_page
from ollama_top.tui.draw.screen import ALL_TABLES
from ollama_top.tui.draw.server import server_page
from ollama_top.tui.main_keys import keys_of
from ollama_top.tui.screens.choice import Answer, Choice
from ollama_top.tui.screens.page import Page
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View

FRAME_ORDER = "none"


def help_text(view: View, theme: Theme) -> Page:
    """Every key, sign and column."""
    return Page("Help", lambda _, width: help_page(keys_of(view), ALL_TABLES, width), view, theme)


def server(view: View, theme: Theme) -> Page:
    """The verdict in full, the sources, the server."""
    return Page("Server and sources", server_page, view, theme)


def processes(arrangement: Arrangement, view: View, theme: Theme) -> Page:
    """The server's processes, its limits and its environment."""
    table = arranged(PROCESSES, arrangement)
    return Page(
        "Processes and environment of the server",
        lambda now, width: process_page(now, width, table),
        view,
        theme,
    )


def doctor(view: View, theme: Theme) -> Page:
    """Every finding."""
    return Page("Doctor", doctor_page, view, theme)


def passed(view: View, theme: Theme) -> Page:
    """What passed proxies."""
    return Page("Requests through proxies", passed_page, view, theme)


def row_details(table: Table[Any], row: object, view: View, theme: Theme) -> Page:
    """One row, followed from Frame to Frame by its identity; its last values once it is gone."""
    identity = table.identity(row)
    last = row

    def lines(now: View, width: int) -> list[Line]:
        nonlocal last
        if now.frame is None:
            return []
        found = [each for each in table.rows(now.frame.snapshot) if table.identity(each) == identity]
        last = found[0] if found else last
        gone = [fit_line([Cell(" It is gone; these are its last values.", Role.WARNING)], width)]
        return [*([] if found else gone), *details(last, now.frame, width)]

    return Page(table.title(row), lines, view, theme)


def sort_question(table: Table[Any], current: str | None, theme: Theme) -> Choice:
    """Which column to sort by."""
    titles = [Answer(column.title, table.doc(column)) for column in table.columns]
    answers = (Answer(FRAME_ORDER, "As the server lists them."), *titles)
    keys = [None, *[column.key for column in table.columns]]
    return Choice(f"Sort {table.name} by", (), answers, keys.index(current), theme)


def sort_key(table: Table[Any] | None, answer: str) -> str | None:
    """The key of the column that was chosen; None for the order of the Frame."""
    return None if table is None else next((each.key for each in table.columns if each.title == answer), None)
