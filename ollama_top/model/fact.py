"""One declaration per published value: the field's name is its JSON key, this is its meaning.

`docs/reference.md`, the JSON document and the details pane are computed from it.
"""

from dataclasses import MISSING, Field, field, fields
from typing import Any

DOC = "doc"
SOURCED = "sourced"


def fact(doc: str, *, sourced: bool = False, default: Any = MISSING) -> Any:  # noqa: ANN401 - a value of any type
    """Declare a published field; `sourced` adds the key `<name>_source` beside it in JSON."""
    return field(metadata={DOC: doc, SOURCED: sourced}, default=default)


def published(kind: type[Any]) -> tuple[Field[Any], ...]:
    """The fields of a model type that are part of the JSON contract, in their order."""
    return tuple(each for each in fields(kind) if DOC in each.metadata)
