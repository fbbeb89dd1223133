"""Which actions a row allows, and why others are not possible now. Pure."""

from dataclasses import dataclass

from ollama_top.control import possible
from ollama_top.control.follow import can_end
from ollama_top.control.sight import model_of
from ollama_top.model.frame import Frame
from ollama_top.tui.keys import MAIN_KEYS, Key
from ollama_top.tui.view import View

NO_ROW = "No row is under the cursor."
_ORDER = ("app.unload", "app.load", "app.keep", "app.pull", "app.stop", "app.copy", "app.copy_json")


@dataclass(frozen=True, slots=True)
class Offer:
    """One action, by its key."""

    key: Key
    reason: str | None  # why it is not possible; None where it is


def offers(row: object | None, frame: Frame | None, view: View, user: str) -> tuple[Offer, ...]:
    """Every action, the usual ones first."""
    keys = {key.action: key for key in MAIN_KEYS}
    return tuple(Offer(keys[action], reason(action, row, frame, view, user)) for action in _ORDER)


def reason(action: str, row: object | None, frame: Frame | None, view: View, user: str) -> str | None:
    """Why an action is not possible for a row; None where it is."""
    model = model_of(row, frame) if row is not None and frame is not None else None
    match action:
        case "app.unload":
            return possible.unload(model, frame)
        case "app.keep":
            return possible.keep(model, frame)
        case "app.stop":
            is_ours = any(map(can_end, view.doings))
            return None if is_ours else possible.restart(model, frame, user)
        case "app.load" | "app.pull":
            return possible.of_server(frame)
    return NO_ROW if row is None else None
