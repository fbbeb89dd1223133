"""What the feed's thread says to the screen."""

from textual.message import Message


class FrameCame(Message):
    """A newer Frame lies in the bridge's mailbox."""


class FeedFailed(Message):
    """The feed has ended, and will bring no more Frames."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__()


class UnloadSent(Message):
    """The server has taken the request to unload a model; whether it did is for a Frame to show."""

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name
        super().__init__()


class UnloadFailed(Message):
    """The server was not asked, or refused; `problem` has its words."""

    def __init__(self, model_name: str, problem: str) -> None:
        self.model_name = model_name
        self.problem = problem
        super().__init__()


class Noticed(Message):
    """Something that the user should know, and that is no part of a Frame."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()
