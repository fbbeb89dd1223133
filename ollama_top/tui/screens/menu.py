"""Every action for a row, with its key: those that are not possible with their reason.

Must never do anything itself: the answer goes to who asked.
"""

from textual import events

from ollama_top.tui.offers import Offer
from ollama_top.tui.screens.choice import Answer, Choice
from ollama_top.tui.themes import Theme


class Menu(Choice):
    """Actions to choose from; each one's own key chooses it as well."""

    def __init__(self, title: str, offers: tuple[Offer, ...], theme: Theme) -> None:
        answers = tuple(
            Answer(f"{each.key.shown:<5} {each.key.label}", each.reason or each.key.help, each.reason is None)
            for each in offers
        )
        super().__init__(title, (), answers, 0, theme)
        self._offers = offers

    def on_key(self, event: events.Key) -> None:
        """Choose by the action's own key."""
        for at, offer in enumerate(self._offers):
            if event.key in offer.key.keys or event.character in offer.key.keys:
                event.stop()
                event.prevent_default()
                self._marked = at
                self.redraw()
                self.action_choose()

    def action_choose(self) -> None:
        """Give the marked action, if it is possible."""
        offer = self._offers[self._marked]
        if offer.reason is None:
            self.dismiss(offer.deed)
