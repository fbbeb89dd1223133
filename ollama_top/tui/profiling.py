"""The key that shows profiles: reads and writes their file, has the models described, asks before it deletes.

Must never change the server, nor hold up the screen: files are read and written in threads. Loaded when
the key is first pressed.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar, cast

from ollama_top.columns.cell import Cell, Role
from ollama_top.config.machine import DEMO, Machine, this_machine
from ollama_top.config.profile_file import ProfileFile, ProfileFileError, file_for
from ollama_top.config.profiles import Book, UnfitNameError, check_name
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.feed import Feed
from ollama_top.engine.profiles import BUILT_IN, Descriptions, describe_loaded
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Compared, Origin
from ollama_top.ollama import set_now
from ollama_top.tui.draw.profiles import explanation
from ollama_top.tui.messages import Noticed
from ollama_top.tui.reach import Reach, There
from ollama_top.tui.screens import questions
from ollama_top.tui.screens.choice import YES
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.profiles import ProfilesScreen

if TYPE_CHECKING:
    from textual.screen import Screen

    from ollama_top.engine.answering import AskingFeed
    from ollama_top.tui.monitor import Monitor

T = TypeVar("T")
NOT_SEEN = "it has not been looked at yet"


def machine_of(reach: Reach) -> Machine:
    """Whose profiles are those of a server: of this machine, or of one that tells its name alone."""
    return Machine(f"ssh://{reach.host}", reach.host) if isinstance(reach, There) else this_machine()


class Profiling:
    """The part of the monitor that shows profiles."""

    def __init__(self, monitor: "Monitor") -> None:
        """Nothing has been read yet."""
        self.monitor = monitor
        self._file: ProfileFile | None = None
        self._screen = ProfilesScreen(self, monitor.view, monitor.look)

    @property
    def may_change(self) -> bool:
        """Whether the server may be changed from here."""
        return self.monitor.may_change

    def open(self) -> None:
        """Show the screen, which asks for what it needs."""
        self.monitor.push_screen(self._screen, lambda _: self.monitor.update())

    def read(self) -> None:
        """Read the file, and show what it says."""
        frame, reach = self.monitor.newest, self.monitor.reach
        is_demo = frame is not None and frame.snapshot.demo

        def work() -> tuple[Book, str]:
            self._file = self._file or file_for(DEMO if is_demo else machine_of(reach))
            return self._file.read(), str(self._file.path)

        self._in_thread(work, lambda found: self._screen.take(*found), self._screen.fail)

    def describe(self, snapshot: Snapshot, known: Descriptions) -> None:
        """Have the models described that are loaded; the screen is told."""

        async def ask(feed: Feed) -> None:
            found = await describe_loaded(cast("AskingFeed", feed), snapshot, known)
            self._screen.post_message(ProfilesScreen.Described(found))

        asking = self.monitor.bridge.ask(ask)
        if asking is not None:
            asking.add_done_callback(self._not_described)

    def _not_described(self, done: "Future[None]") -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            self.monitor.post_message(Noticed(f"The loaded models could not be asked for: {error}"))

    def explain(self, found: Compared, changes: tuple[Change, ...]) -> None:
        """Show all of a profile that was chosen, with the changes that would give it to the server."""
        frame = self.monitor.view.frame
        if frame is not None:
            page = Page(
                f"Profile {found.profile.name}",
                lambda _, width: explanation(found, changes, frame.snapshot, width),
                self.monitor.view,
                self.monitor.look,
            )
            self.monitor.push_screen(page, lambda _: self.monitor.update())

    def plan(self, changes: tuple[Change, ...]) -> None:
        """Show the plan for what a profile changes; it is carried out when the user agrees."""
        if changes:
            self.monitor.changing.begin(changes)
        else:
            self._say("The server has it so already, as far as is known.", Role.NOTICE)

    # what is kept

    def save(self, book: Book) -> None:
        """Ask for a name, and keep what the server has under it."""
        frame = self.monitor.view.frame
        unknown = NOT_SEEN if frame is None else set_now.why_unknown(frame.snapshot)
        values = {} if frame is None else set_now.values(frame.snapshot)
        if unknown is not None:
            self._say(f"What the server has been given is not known: {unknown}", Role.WARNING)
        elif not values:
            self._say("Nothing is set for the server, so there is nothing to keep.", Role.NOTICE)
        else:
            said = tuple(f"{name}={value}" for name, value in values.items())
            said += () if frame is None else set_now.left_out(frame.snapshot)
            question = questions.name_to_keep(said, self.monitor.look)
            self._ask(question, lambda name: self._save_as(name, values, book))

    def _save_as(self, name: str, values: dict[str, str], book: Book) -> None:
        try:
            check_name(name)
        except UnfitNameError as error:
            self._say(str(error), Role.WARNING)
            return

        def save(file: ProfileFile) -> None:
            file.save(name, values, book)

        if name in BUILT_IN:
            self._say(f"{name} is built in: choose another name.", Role.WARNING)
        elif book.find(name) is None:
            self._write(save, f"Saved {name}.", name)
        else:
            costs = ("Its values of now are lost.",)
            question = questions.confirm(f"Replace {name}?", costs, "Replace it.", self.monitor.look)
            self._ask(question, lambda answer: self._write(save, f"Saved {name}.", name, answer))

    def delete(self, found: Compared, book: Book) -> None:
        """Ask whether to delete a profile, and do it."""
        name = found.profile.name
        if found.profile.origin is Origin.BUILT_IN:
            self._say(f"{name} is built in, and cannot be deleted.", Role.NOTICE)
            return

        def drop(file: ProfileFile) -> None:
            file.delete(name, book)

        saved = book.find(name)
        values = saved.values if saved is not None else {}
        lines = tuple(f"{variable}={value or ''}" for variable, value in values.items())
        about = "Take it out of the file; the server keeps what it has."
        question = questions.confirm(f"Delete {name}?", lines, about, self.monitor.look)
        self._ask(question, lambda answer: self._write(drop, f"Deleted {name}.", None, answer))

    def _write(
        self, act: Callable[[ProfileFile], None], done: str, mark: str | None, answer: str = YES
    ) -> None:
        file = self._file
        if file is not None and answer == YES:
            self._in_thread(lambda: act(file), lambda _: self._written(done, mark), self._unwritten)

    def _written(self, done: str, mark: str | None) -> None:
        self._say(done, Role.GOOD)
        self._screen.mark_next(mark)
        self.read()

    def _unwritten(self, problem: str) -> None:
        self._say(f"Nothing was changed: {problem}", Role.ERROR)
        self.read()

    # how it is asked and done

    def _in_thread(
        self, work: Callable[[], T], then: Callable[[T], object], failed: Callable[[str], object]
    ) -> None:
        async def wait() -> None:
            try:
                found = await in_daemon_thread(work)
            except ProfileFileError as error:
                failed(str(error))
            else:
                then(found)

        self.monitor.run_worker(wait())

    def _ask(self, question: "Screen[str | None]", then: Callable[[str], object]) -> None:
        def answered(answer: str | None) -> None:
            self.monitor.update()
            if answer is not None:
                then(answer)

        self.monitor.push_screen(question, answered)

    def _say(self, text: str, role: Role) -> None:
        self.monitor.update(notice=Cell(text, role))
