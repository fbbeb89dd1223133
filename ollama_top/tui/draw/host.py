"""The line of this machine: processors, memory, what of both the server takes, swap and load."""

from ollama_top.columns import formats
from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role, shown
from ollama_top.model.host import Host
from ollama_top.model.reading import Known, map_known, value_or
from ollama_top.tui.draw.fit import fit_line, recolour, whole
from ollama_top.tui.draw.header import is_elsewhere
from ollama_top.tui.draw.meter import meter
from ollama_top.tui.view import View, is_stale

BAR_WIDTH = 8


def host(view: View, width: int) -> Line:
    """This machine's line; it says so where the server runs elsewhere."""
    if view.frame is None:
        return fit_line((), width)
    snapshot = view.frame.snapshot
    elsewhere = is_elsewhere(snapshot.server)
    head = Cell(f" this machine, {snapshot.host.name}: " if elsewhere else " ", Role.FAINT)
    parts = [(head,), _processors(snapshot.host), _memory(snapshot.host), () if elsewhere else _server(view)]
    parts += [_swap(snapshot.host), _load(snapshot.host)]
    line = whole(parts, width)
    return recolour(line, Role.FAINT) if is_stale(view, "host") else line


def _processors(machine: Host) -> tuple[Cell, ...]:
    share = map_known(machine.cpu_percent, lambda percent: percent / 100)
    count = shown(machine.cpu_count, str)
    used = shown(machine.cpu_percent, formats.percent)
    return (
        Cell("cpu ", Role.FAINT),
        *meter(value_or(share, None), BAR_WIDTH),
        Cell(f" {used.text:>4}"),
        Cell(f" of {count.text}  ", Role.FAINT),
    )


def _memory(machine: Host) -> tuple[Cell, ...]:
    used, total = machine.memory_used_bytes, machine.memory_total_bytes
    if not (isinstance(used, Known) and isinstance(total, Known) and total.value > 0):
        return (Cell("mem ", Role.FAINT), *meter(None, BAR_WIDTH), Cell(f" {UNKNOWN.text:<10}  "))
    text = formats.used_of(used.value, total.value)
    return (Cell("mem ", Role.FAINT), *meter(used.value / total.value, BAR_WIDTH), Cell(f" {text:<10}  "))


def _swap(machine: Host) -> tuple[Cell, ...]:
    """Only where some is in use: a model that was swapped out is slow to answer."""
    used, total = machine.swap_used_bytes, machine.swap_total_bytes
    if not (isinstance(used, Known) and isinstance(total, Known) and used.value > 0):
        return ()
    return (Cell("  swap ", Role.FAINT), Cell(formats.used_of(used.value, total.value)))


def _load(machine: Host) -> tuple[Cell, ...]:
    return (Cell("  load ", Role.FAINT), shown(machine.load_average, "{:.1f}".format))


def _server(view: View) -> tuple[Cell, ...]:
    assert view.frame is not None  # noqa: S101 - asked for only with a Frame
    server = view.frame.snapshot.server
    cores = shown(map_known(server.cpu_percent, lambda percent: percent / 100), "{:.1f}".format)
    return (
        Cell("ollama ", Role.FAINT),
        Cell(f"{cores.text:>4}"),
        Cell(" cores ", Role.FAINT),
        Cell(f"{shown(server.rss_bytes, formats.size).text:>5}"),
        Cell(" ram", Role.FAINT),
    )
