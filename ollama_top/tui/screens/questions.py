"""The questions that an action begins with, and the page of one that failed."""

from typing import Any

from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.column import Table
from ollama_top.control import load, plan_words
from ollama_top.control.deed import Deed
from ollama_top.control.keep import Preset
from ollama_top.model.action import Action
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.model.receipt import Entry as Cut
from ollama_top.tui.draw.fit import wrap
from ollama_top.tui.offers import Offer
from ollama_top.tui.screens.choice import Answer, Answers, Choice, Confirm
from ollama_top.tui.screens.entry import Entry
from ollama_top.tui.screens.menu import Menu
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.picker import Picker
from ollama_top.tui.themes import Theme
from ollama_top.tui.view import View


def menu(row: object | None, table: Table[Any] | None, found: tuple[Offer, ...], theme: Theme) -> Menu:
    """What can be done, the row named where there is one."""
    title = "Actions" if row is None or table is None else f"Actions for {table.title(row)}"
    return Menu(title, found, theme)


def confirm(question: str, costs: tuple[str, ...], consent: str, theme: Theme) -> Confirm:
    """Whether to do it, with what it costs."""
    return Confirm(question, costs, consent, theme)


def preset(name: str, presets: tuple[Preset, ...], theme: Theme) -> Choice:
    """How long to keep a model."""
    answers = tuple(Answer(each.name, each.about) for each in presets)
    return Choice(f"Keep {name} in memory for how long?", (), answers, 0, theme)


def what_to_stop(names: tuple[str, ...], theme: Theme) -> Choice:
    """Which of several things to end."""
    return Choice("End what?", (), tuple(Answer(each, "") for each in names), 0, theme)


def name_to_pull(theme: Theme) -> Entry:
    """The name of a model to download."""
    text = (
        "Its name as in Ollama's library, such as gemma3:270m,",
        "or with a host before it, such as hf.co/unsloth/gemma-3-270m-it-GGUF:Q4_K_M.",
    )
    return Entry("Pull which model?", text, "name", theme)


def name_to_keep(values: tuple[str, ...], theme: Theme) -> Entry:
    """The name of a profile, for what is to be kept."""
    return Entry("Save what the server has as?", values, "name", theme)


def name_to_set(theme: Theme) -> Entry:
    """The name of a variable that is not listed."""
    text = ("A variable of Ollama's, of its runners' or of a GPU's driver, such as CUDA_VISIBLE_DEVICES.",)
    return Entry("Change which variable?", text, "name", theme)


LATER, FINISH, TAKE_BACK = "Later", "Finish it", "Take it back"


def cut_off(entry: Cut, may_finish: bool, theme: Theme) -> Choice:
    """What to do with a change that was cut off."""
    began = f"{entry.began_at:%Y-%m-%d %H:%M}Z"
    text = (
        f"On {began} this change of {entry.plan.service} was begun, and cut off before its end:",
        *plan_words.differences(entry.plan),
        "Until it is finished or taken back, no other change is made. Each shows its plan first, and asks.",
    )
    why = "The rest of its steps." if may_finish else "Not possible: it was on its way back already."
    answers = (
        Answer(LATER, "Leave it as it is; `U` in the settings (`e`) comes back to it."),
        Answer(FINISH, why, may_finish),
        Answer(TAKE_BACK, "All as it was before it."),
    )
    return Choice("A change of settings was cut off", text, answers, 0, theme)


def installed(theme: Theme) -> Picker:
    """Which installed model to load; what there is comes later."""
    return Picker("Load which model?", ("Asking Ollama what is installed.",), theme)


def to_load(
    models: tuple[InstalledModel, ...], problem: str | None, frame: Frame
) -> tuple[tuple[str, ...], Answers]:
    """What the picker of models says, and what it offers."""
    if problem is not None:
        return ("Ollama does not tell what is installed:", problem), ()
    if not models:
        return ("No model is installed: P pulls one.",), ()
    answers = tuple(Answer(each.name, load.about(each, frame)) for each in models)
    return ("Type a part of its name. Sizes are of the weights on disk; a context takes more.",), answers


def failure(deed: Deed, action: Action, problem: str, view: View, theme: Theme) -> Page:
    """Why an action was not done, in the words of whoever refused."""

    def lines(_: View, width: int) -> list[Line]:
        room = max(1, width - 4)
        said = [(Cell("  "), Cell(piece, Role.ERROR)) for piece in wrap(Cell(problem).text, room)]
        left = [(Cell("  "), Cell(piece, Role.FAINT)) for piece in wrap(deed.left, room)]
        return [(), *said, (), *left]

    return Page(deed.failed(action), lines, view, theme)
