"""How far a change of settings is, as its process told so far, and what came of it. Pure."""

from dataclasses import dataclass, replace

from ollama_top.apply.events import Ended, Event, Refused, Said
from ollama_top.model.receipt import Outcome, Receipt

BACK = frozenset({Outcome.ROLLED_BACK, Outcome.CALLED_OFF})
CUT_OFF, REFUSED = "cut off (`U` in the settings finishes it, or takes it back)", "not carried out"
WAITS = "waiting for"


@dataclass(frozen=True, slots=True)
class ChangeStand:
    """All that the page of a change is drawn from."""

    differences: tuple[str, ...] = ()
    is_wanted_back: bool = False  # it was cut off, and is to be as it was before
    said: tuple[str, ...] = ()
    receipt: Receipt | None = None
    refused: str | None = None
    to_do: tuple[str, ...] = ()  # what is left for a person

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.receipt is not None or self.refused is not None

    @property
    def is_kept(self) -> bool:
        """Whether it is in force."""
        return self.receipt is not None and self.receipt.outcome is Outcome.KEPT

    @property
    def is_as_wanted(self) -> bool:
        """Whether what came of it is what was agreed to."""
        is_back = self.receipt is not None and self.receipt.outcome in BACK
        return self.is_kept or (self.is_wanted_back and is_back)

    @property
    def outcome(self) -> str:
        """What came of it, in a sentence."""
        if self.receipt is not None:
            return self.receipt.text
        return f"It was {CUT_OFF if self.said else REFUSED}: {self.refused}."


def follow(stand: ChangeStand, event: Event) -> ChangeStand:
    """How it stands after what was told."""
    match event:
        case Said(text):
            return replace(stand, said=(*_others(stand.said, text), text))
        case Ended(receipt):
            return replace(stand, receipt=receipt, to_do=receipt.to_do)
        case Refused(text, to_do):
            return replace(stand, refused=text, to_do=to_do)
    return stand


def _others(said: tuple[str, ...], text: str) -> tuple[str, ...]:
    """What was said before; a wait that goes on takes the place of what was said of it."""
    is_same = bool(said) and said[-1].startswith(WAITS) and text.startswith(WAITS)
    return said[:-1] if is_same else said
