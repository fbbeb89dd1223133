"""A screen on which a search or a filter is typed: which key does what meanwhile, the same for all."""

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from textual import events

from ollama_top.tui.prompt import Prompt, Purpose, typed

T = TypeVar("T")
NEVER_TYPED = frozenset({"ctrl+c", "f10"})  # they end the program, whatever is being typed


class Typist(Generic[T]):
    """What a screen has to do while something is typed; to be named before the screen among its bases."""

    NEXT_KEYS: ClassVar[frozenset[str]]
    """Keys that go on with a search."""

    @property
    @abstractmethod
    def typing(self) -> Prompt[T] | None:
        """What is being typed, if anything is."""

    @abstractmethod
    def give_up_typing(self, prompt: Prompt[T]) -> None:
        """Stand as before it was typed."""

    @abstractmethod
    def end_typing(self) -> None:
        """Stay where what was typed has led."""

    @abstractmethod
    def search_on(self, text: str) -> None:
        """Go to the next find."""

    @abstractmethod
    def follow_typing(self, prompt: Prompt[T]) -> None:
        """Show what was typed so far, and where that leads."""

    def on_key(self, event: events.Key) -> None:
        """Give the key to what is being typed, if anything is."""
        prompt = self.typing
        if prompt is None or event.key in NEVER_TYPED:
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.give_up_typing(prompt)
        elif event.key == "enter":
            self.end_typing()
        elif event.key in self.NEXT_KEYS and prompt.purpose is Purpose.SEARCH:
            self.search_on(prompt.text)
        else:
            self.follow_typing(typed(prompt, event.key, event.character))
