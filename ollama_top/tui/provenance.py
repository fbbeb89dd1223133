"""Which light tells the age of a value, by the value's source.

Must never give an age to what was worked out rather than read.
"""

from ollama_top.model.frame import Frame
from ollama_top.model.light import Light
from ollama_top.model.reading import Source
from ollama_top.tui.view import light_named

_LIGHTS = {
    Source.ARGV: "processes",
    Source.PROPS: "slots",
    Source.HEALTH: "slots",
}  # the others are called as their source


def light_of(frame: Frame, source: Source) -> Light | None:
    """The light of the source that a value came from; None where it has none."""
    return light_named(frame, _LIGHTS.get(source, source.value))
