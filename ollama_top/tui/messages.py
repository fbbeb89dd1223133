"""What the feed's thread says to the screen."""

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from ollama_top.apply.events import Event
    from ollama_top.model.action import Progress
    from ollama_top.model.installed import InstalledModel


class FrameCame(Message):
    """A newer Frame lies in the bridge's mailbox."""


class FeedFailed(Message):
    """The feed has ended, and will bring no more Frames."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__()


class ActionMessage(Message):
    """News of an action under way, told by the number that it was given."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


class ActionProgressed(ActionMessage):
    """How far an action is."""

    def __init__(self, number: int, progress: "Progress") -> None:
        self.progress = progress
        super().__init__(number)


class ActionTaken(ActionMessage):
    """The server has agreed to an action; whether it did it is for a Frame to show."""


class ActionEnded(ActionMessage):
    """An action was broken off by us."""


class ActionFailed(ActionMessage):
    """The server was not asked, or refused; `problem` has its words."""

    def __init__(self, number: int, problem: str) -> None:
        self.problem = problem
        super().__init__(number)


class InstalledCame(Message):
    """The models on the server's disk; or why they are not known."""

    def __init__(self, models: "tuple[InstalledModel, ...]", problem: str | None = None) -> None:
        self.models = models
        self.problem = problem
        super().__init__()


class ChangeTold(Message):
    """The process that changes settings has told something."""

    def __init__(self, event: "Event") -> None:
        self.event = event
        super().__init__()


class Noticed(Message):
    """Something that the user should know, and that is no part of a Frame."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()
