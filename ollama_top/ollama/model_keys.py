"""The keys of one model's metadata, as /api/show tells them under `model_info`.

Keys stand under the name of the architecture. Ollama leaves long lists out unless it is asked for
everything: such a key is there and null, which is not the same as a key that the model lacks.
"""

from dataclasses import dataclass

from ollama_top.ollama import jsonic

ARCHITECTURE = "general.architecture"


class WithheldError(Exception):
    """A list that the server has left out; the text is its key."""


@dataclass(frozen=True, slots=True)
class ModelKeys:
    """The metadata of one model."""

    info: jsonic.Object
    architecture: str

    def number(self, key: str) -> int | None:
        """A key that holds one number; None where it is absent, a list, or no count."""
        return jsonic.count(self.info, self._full(key))

    def numbers(self, key: str) -> tuple[int, ...] | None:
        """A key that holds a list of numbers or truth values; None where it holds something else.

        Raises WithheldError where the list was left out.
        """
        full = self._full(key)
        if full in self.info and self.info[full] is None:
            raise WithheldError(full)
        return jsonic.counts(self.info, full)

    def is_list(self, key: str) -> bool:
        """Whether a key holds a list, told or left out."""
        full = self._full(key)
        return full in self.info and (self.info[full] is None or isinstance(self.info[full], list))

    def per_layer(self, key: str, layers: int, *, default: int) -> tuple[int, ...]:
        """One number for each layer: of a list, or the same for all; past a short list `default`.

        Raises WithheldError where the list was left out.
        """
        listed = self.numbers(key)
        if listed is None:
            number = self.number(key)
            return (default if number is None else number,) * layers
        return (*listed[:layers], *((default,) * (layers - len(listed))))

    def has(self, key: str) -> bool:
        """Whether the model has the key."""
        return self._full(key) in self.info

    def _full(self, key: str) -> str:
        return f"{self.architecture}.{key}"
