"""The page behind the header: the verdict in full, every source, the server, the queue, this machine."""

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.light import Light
from ollama_top.tui.draw.details import NAME_WIDTH, details
from ollama_top.tui.draw.fit import fit, fit_line, wrap
from ollama_top.tui.draw.header import LIGHTS
from ollama_top.tui.draw.verdict import TALLEST, verdict
from ollama_top.tui.view import View


def server_page(view: View, width: int) -> list[Line]:
    """All that is known beside the rows of the tables."""
    lines = [*verdict(view, width, TALLEST, names_key=False), ()]
    if view.frame is None:
        return lines
    snapshot = view.frame.snapshot
    lines += [heading("Sources"), *[line for light in snapshot.sources for line in _light(light, width)]]
    for title, value in (
        ("Server", snapshot.server),
        ("Queue", snapshot.queue),
        ("Finished requests", snapshot.finished),
        ("This machine", snapshot.host),
    ):
        lines += [(), heading(title), *details(value, view.frame, width)]
    return lines


def heading(text: str) -> Line:
    """The heading of a part of a page."""
    return (Cell(" "), Cell(text, Role.STRONG))


def _light(light: Light, width: int) -> list[Line]:
    age = "-" if light.age_s is None else f"{formats.age(light.age_s)} ago"
    took = "-" if light.took_s is None else f"took {light.took_s * 1000:.0f} ms"
    head = (
        Cell(" "),
        LIGHTS[light.state],
        Cell(" "),
        fit(Cell(light.name), NAME_WIDTH - 2),
        fit(Cell(light.state.value, LIGHTS[light.state].role), 9),
        Cell(f"{age:>11}  {took:<14}", Role.FAINT),
    )
    room = max(10, width - NAME_WIDTH - 38)
    texts = wrap(Cell(light.problem).text, room) if light.problem else [""]
    blank = Cell(" " * (NAME_WIDTH + 37))
    return [fit_line((*(head if at == 0 else (blank,)), Cell(text)), width) for at, text in enumerate(texts)]
