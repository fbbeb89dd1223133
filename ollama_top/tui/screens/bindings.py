"""Declared keys as Textual's bindings."""

from textual.binding import Binding, BindingType

from ollama_top.tui.keys import Key


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """One binding for each declaration; the footer is ours, so none is shown by Textual."""
    return [Binding(",".join(key.keys), key.action, key.label, show=False) for key in keys]
