"""Which actions a row allows, and why others are not possible now. Pure."""

from dataclasses import dataclass

from ollama_top.control import possible
from ollama_top.control.follow import can_end
from ollama_top.control.sight import model_of
from ollama_top.model.frame import Frame
from ollama_top.tui.keys import Key
from ollama_top.tui.main_keys import MAIN_KEYS, asks
from ollama_top.tui.view import View

NO_ROW = "No row is under the cursor."
_ORDER = ("unload", "load", "keep", "pull", "stop", "proxy", "copy", "copy_json")


@dataclass(frozen=True, slots=True)
class Offer:
    """One deed, and its key."""

    deed: str  # its name in `main_keys`
    key: Key
    reason: str | None  # why it is not possible; None where it is


def offers(row: object | None, frame: Frame | None, view: View, user: str) -> tuple[Offer, ...]:
    """Every deed, the usual ones first."""
    keys = {key.action: key for key in MAIN_KEYS}
    return tuple(Offer(deed, keys[asks(deed)], reason(deed, row, frame, view, user)) for deed in _ORDER)


def reason(deed: str, row: object | None, frame: Frame | None, view: View, user: str) -> str | None:
    """Why a deed is not possible for a row; None where it is."""
    model = model_of(row, frame) if row is not None and frame is not None else None
    match deed:
        case "unload":
            return possible.unload(model, frame)
        case "keep":
            return possible.keep(model, frame)
        case "stop":
            is_ours = any(map(can_end, view.doings))
            return None if is_ours else possible.restart(model, frame, user)
        case "load" | "pull" | "proxy":
            return possible.of_server(frame)
    return NO_ROW if row is None else None
