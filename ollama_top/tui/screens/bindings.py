"""Declared keys as Textual's bindings."""

from textual.binding import Binding, BindingType

from ollama_top.tui.keys import Key


def bindings(keys: tuple[Key, ...]) -> list[BindingType]:
    """A binding for each key; the footer is ours, so none is shown by Textual."""
    return [
        Binding(name, key.action.replace("{key}", name), key.label, show=False)
        for key in keys
        for name in key.keys
    ]
