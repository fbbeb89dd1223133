"""The keys that act: what they ask before anything is done. Loaded when one is first pressed.

Must never do anything itself before the user has agreed: then it is handed to `act`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from ollama_top.columns.cell import Cell, Role
from ollama_top.control import follow, keep, load, pull, restart, unload
from ollama_top.control import proxy as proxying
from ollama_top.control.deed import Doing, Plan
from ollama_top.control.sight import model_of, name_of, pid_of
from ollama_top.model.action import Restart
from ollama_top.model.installed import InstalledModel
from ollama_top.model.loaded import LoadedModel
from ollama_top.tui import copying
from ollama_top.tui.doing import Doings
from ollama_top.tui.messages import InstalledCame
from ollama_top.tui.offers import offers, reason
from ollama_top.tui.screens import questions
from ollama_top.tui.screens.choice import YES
from ollama_top.tui.screens.picker import Picker

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor


class Hands(Doings):
    """The part of the monitor that asks what to do."""

    def __init__(self, monitor: "Monitor", user: str) -> None:
        """`user` is who ollama-top runs as."""
        super().__init__(monitor)
        self._user = user
        self._picker: Picker | None = None
        self._installed: tuple[InstalledModel, ...] = ()

    def ask(self, deed: str) -> None:
        """Begin a deed by its name in `main_keys`: that of one of the methods that follow."""
        getattr(self, deed)()

    # what the user asks for

    def actions(self) -> None:
        """Show every action for the row."""
        if self.may_act():
            row, table = self.monitor.main.row, self.monitor.main.table
            found = offers(row, self.monitor.newest, self.monitor.view, self._user)
            self._ask(questions.menu(row, table, found, self.monitor.look), self.ask)

    def unload(self) -> None:
        """Ask whether to unload the model of the row."""
        name, model = self._target("unload")
        if name is not None and model is not None:
            self._confirm(unload.plan(name, model))

    def keep(self) -> None:
        """Ask for how long to keep the model of the row, and then whether to."""
        name, model = self._target("keep")
        if name is not None and model is not None:
            presets = {each.name: each for each in keep.PRESETS}
            question = questions.preset(name, keep.PRESETS, self.monitor.look)
            self._ask(question, lambda answer: self._confirm(keep.plan(name, model, presets[answer])))

    def load(self) -> None:
        """Ask which of the installed models to load, and then whether to."""
        if self._is_possible("load"):
            self._picker = questions.installed(self.monitor.look)
            self._ask(self._picker, self._confirm_load)
            self.monitor.bridge.ask_installed()

    def _confirm_load(self, name: str) -> None:
        model = next(each for each in self._installed if each.name == name)
        if self.monitor.newest is not None:
            self._confirm(load.plan(model, self.monitor.newest))

    def pull(self) -> None:
        """Ask for the name of the model to pull, and then whether to."""
        if self._is_possible("pull"):
            self._ask(questions.name_to_pull(self.monitor.look), lambda name: self._confirm(pull.plan(name)))

    def stop(self) -> None:
        """Ask whether to end what goes on for us, or the runner of the row."""
        if not self._is_possible("stop"):
            return
        ways = self._ways_to_stop()
        if len(ways) == 1:
            next(iter(ways.values()))()
        else:
            self._ask(questions.what_to_stop(tuple(ways), self.monitor.look), lambda name: ways[name]())

    def _ways_to_stop(self) -> dict[str, Callable[[], None]]:
        """What can be ended, by what it is called."""
        ways: dict[str, Callable[[], None]] = {
            follow.deed_of(each.action).asking(each.action): partial(self._confirm_end, each)
            for each in self.monitor.view.doings
            if follow.can_end(each)
        }
        frame, model = self.monitor.newest, self._model()
        pid = pid_of(model)
        no_doings = replace(self.monitor.view, doings=())
        may_restart = reason("stop", self.monitor.main.row, frame, no_doings, self._user) is None
        if frame is not None and model is not None and pid is not None and may_restart:
            name = name_of(model) or f"process {pid}"
            asked = [each.action for each in self.monitor.view.doings if isinstance(each.action, Restart)]
            was_asked = any(each.runner_pid == pid for each in asked)
            plan = restart.plan(model, pid, frame, was_asked=was_asked)
            ways[f"the runner of {name}"] = partial(self._confirm, plan)
        return ways

    def _confirm_end(self, doing: Doing) -> None:
        asking = follow.deed_of(doing.action).asking(doing.action)
        question = questions.confirm(
            f"End {asking}?", follow.ending_costs(doing), "End it.", self.monitor.look
        )
        self._ask(question, lambda answer: self._end(doing.number) if answer == YES else None)

    def _end(self, number: int) -> None:
        """Break an action of ours off, if it still goes on."""
        if any(each.number == number and follow.can_end(each) for each in self.monitor.view.doings):
            self.monitor.bridge.end(number)
        else:
            self.monitor.update(notice=Cell("It was over before it could be ended.", Role.NOTICE))

    def proxy(self) -> None:
        """Ask whether to put a proxy before the server, or to stop one that is there."""
        if not self._is_possible("proxy") or self.monitor.newest is None:
            return
        proxies = {f"the proxy at {each.listen}": each for each in proxying.stoppable(self.monitor.newest)}
        if not proxies:
            self._confirm(proxying.to_start(self.monitor.newest))
        elif len(proxies) == 1:
            self._confirm(proxying.to_stop(*proxies.values()))
        else:
            question = questions.what_to_stop(tuple(proxies), self.monitor.look)
            self._ask(question, lambda name: self._confirm(proxying.to_stop(proxies[name])))

    def copy(self) -> None:
        """Copy the row as a line of text."""
        row, table, frame = self.monitor.main.row, self.monitor.main.table, self.monitor.view.frame
        if row is not None and table is not None and frame is not None:
            self.send(copying.as_line(table, row, frame.snapshot.taken_at), table.title(row), "text")

    def copy_json(self) -> None:
        """Copy the row as JSON."""
        row, table = self.monitor.main.row, self.monitor.main.table
        if row is not None and table is not None:
            self.send(copying.as_json(row), table.title(row), "JSON")

    def send(self, text: str, title: str, form: str) -> None:
        """Send to the clipboard by OSC 52, which passes through SSH; no terminal says whether it obeyed."""
        if len(text.encode()) > copying.LARGEST_BYTES:
            self.monitor.update(notice=Cell(f"{title} is too long for a terminal's clipboard.", Role.WARNING))
            return
        self.monitor.terminal.copy_to_clipboard(text)
        said = f"Sent {title} as {form} to the terminal's clipboard ({len(text)} characters)."
        self.monitor.update(notice=Cell(said, Role.NOTICE))

    # how it is asked and done

    def _is_possible(self, deed: str) -> bool:
        """Whether a deed may be asked for; says why not."""
        if not self.may_act():
            return False
        why_not = reason(deed, self.monitor.main.row, self.monitor.newest, self.monitor.view, self._user)
        if why_not is not None:
            self.monitor.update(notice=Cell(why_not, Role.NOTICE))
        return why_not is None

    def _model(self) -> LoadedModel | None:
        row = self.monitor.main.row
        return (
            model_of(row, self.monitor.newest)
            if row is not None and self.monitor.newest is not None
            else None
        )

    def _target(self, deed: str) -> tuple[str | None, LoadedModel | None]:
        """The model of the row with its name, where the action is possible for it."""
        model = self._model() if self._is_possible(deed) else None
        return (None, None) if model is None else (name_of(model), model)

    def _ask(self, question: Screen[str | None], then: Callable[[str], object]) -> None:
        def answered(answer: str | None) -> None:
            self.monitor.update()
            if answer is not None:
                then(answer)

        self.monitor.push_screen(question, answered)

    def _confirm(self, plan: Plan) -> None:
        question = questions.confirm(plan.question, plan.costs, plan.consent, self.monitor.look)
        self._ask(question, lambda answer: self.act(plan.action) if answer == YES else None)

    def installed_came(self, message: InstalledCame) -> None:
        """Show what can be loaded, if that is still wanted."""
        self._installed = load.choices(message.models)
        if (
            self._picker is not None
            and self._picker is self.monitor.terminal.screen
            and self.monitor.newest is not None
        ):
            self._picker.fill(*questions.to_load(self._installed, message.problem, self.monitor.newest))
