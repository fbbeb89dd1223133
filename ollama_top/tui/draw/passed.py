"""The page of what passed proxies: the proxies, what each model and each client had, the last requests."""

from collections.abc import Iterator
from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.columns.column import Table
from ollama_top.columns.passed import BY_CLIENT, BY_MODEL, EXCHANGES
from ollama_top.model.frame import Snapshot
from ollama_top.model.proxy import Proxy
from ollama_top.tui.draw.fit import fit_line, wrap
from ollama_top.tui.draw.server import heading
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.tables import Stand, arrange
from ollama_top.tui.view import View

IN_ORDER = Stand()
NO_PROXY = (
    "No proxy stands before this server, or none whose feed this user may read. One passes every byte on,"
    " unchanged, and sees of each request who asks what model, how long it waits, and how fast it is"
    " answered. x starts one; so does `ollama-top proxy`. Then clients have to be pointed at it."
)


def passed_page(view: View, width: int) -> list[Line]:
    """All that proxies tell of what has passed them."""
    if view.frame is None:
        return []
    snapshot = view.frame.snapshot
    lines = [heading("Proxies"), *_proxies(snapshot, width)]
    for title, table in (
        ("By model: 50 and 95 of 100 were no slower", BY_MODEL),
        ("By client", BY_CLIENT),
        ("The last requests", EXCHANGES),
    ):
        if table.rows(snapshot):
            lines += [(), heading(title), *_table(table, view, width)]
    return lines


def _proxies(snapshot: Snapshot, width: int) -> Iterator[Line]:
    if not snapshot.proxies and not snapshot.silent_proxies:
        for piece in wrap(NO_PROXY, max(1, width - 3)):
            yield fit_line((Cell("  "), Cell(piece)), width)
    for each in snapshot.proxies:
        yield fit_line(
            (Cell("  "), Cell(each.listen, Role.STRONG), Cell(f"  {_about(each, snapshot)}")), width
        )
    for silent in snapshot.silent_proxies:
        yield fit_line(
            (Cell("  "), Cell(silent.listen, Role.STRONG), Cell(f"  silent: {silent.why}", Role.WARNING)),
            width,
        )


def _about(proxy: Proxy, snapshot: Snapshot) -> str:
    up = formats.span((snapshot.taken_at - proxy.started_at).total_seconds())
    parts = [
        f"pid {proxy.pid}",
        f"up {up}",
        f"{proxy.exchanges_total} passed",
        f"{proxy.running} under way",
        f"{proxy.connections} connected",
    ]
    if proxy.opaque:
        parts.append(f"{proxy.opaque} of them unreadable")
    if proxy.stopping:
        parts.append("stopping")
    if proxy.holding:
        parts.append("holding requests back")
    return "  ".join(parts)


def _table(table: Table[Any], view: View, width: int) -> list[Line]:
    assert view.frame is not None  # noqa: S101 - asked for only with a Frame
    rows = arrange(table, IN_ORDER, view.frame.snapshot)
    return table_lines(table, rows, IN_ORDER, view, (width, 1 + len(rows.rows)), is_focused=False)
