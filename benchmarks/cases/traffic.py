"""What a terminal is sent, and what the processor is asked for, while somebody looks on."""

import os
import zlib
from functools import partial
from pathlib import Path

from measuring import Bench, Outcome
from programs import OURS, PEER_INTERVAL, Program, ours, played
from table import Column, Goal, Table
from terminal import Terminal, serve_for

SENT, DEFLATED, CPU = Column("sent", "B/s"), Column("deflated", "B/s"), Column("of one core", "%", 2)
ROWS, STILL, DEMO = "20 rows, 4 change", "a still screen", "ollama-top --demo"
MTOP_LOCAL = "mtop, local mode"
SETTLE_S = 3.0
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def measure(bench: Bench) -> Outcome:
    """A look a second for everyone; `ollama-top` and `mtop` at the same simulated server."""
    theirs = bench.mtop.with_arguments("-i", PEER_INTERVAL, "-u", f"http://{bench.server}")
    programs = [
        ours("--host", bench.server, "--interval", PEER_INTERVAL),
        ours("--demo", "--interval", PEER_INTERVAL).named(DEMO),
        played("four_of_twenty").named(ROWS),
        played("still").named(STILL),
        bench.htop.with_arguments("-d10"),
        bench.btop,
        theirs,
        theirs.with_arguments("--mode", "local").named(MTOP_LOCAL),
    ]
    rows = bench.rounds(programs, partial(_rates, bench), bench.long_count)
    title = f"Traffic and work over {bench.window_s:g} s, 120 x 40, one look a second"
    table = Table(title, OURS, [SENT, DEFLATED, CPU], rows)
    limit = table.figure(MTOP_LOCAL, 2)
    goals = [
        Goal(f"{ROWS}: sent", table.figure(ROWS, 0), 2000, SENT),
        Goal(
            f"processor beside {MTOP_LOCAL}",
            None if limit is None else table.figure(OURS, 2),
            limit or 0,
            CPU,
        ),
        Goal(f"{ROWS}: processor", table.figure(ROWS, 2), 1, CPU),
        Goal(f"{DEMO}: sent", table.figure(DEMO, 0), 6000, SENT),
        Goal(f"{STILL}: sent", table.figure(STILL, 0), 1, SENT),
    ]
    return Outcome(table, goals)


def _rates(bench: Bench, program: Program) -> list[float]:
    """Bytes a second, the same as `ssh -C` would deflate them, and processor time in percent."""
    with bench.start(program) as terminal:
        serve_for([terminal], SETTLE_S)
        before, cpu_s = len(terminal.sent), _cpu_s(terminal.pid)
        serve_for([terminal], bench.window_s)
        spent_s = _cpu_s(terminal.pid) - cpu_s
    sent, deflated = _sizes(terminal, before)
    return [sent / bench.window_s, deflated / bench.window_s, spent_s / bench.window_s * 100]


def _sizes(terminal: Terminal, first: int) -> tuple[int, int]:
    """Bytes from one output on, plain and deflated; what came earlier is in the deflater's memory."""
    deflate = zlib.compressobj()
    sizes = [
        (len(output), len(deflate.compress(output) + deflate.flush(zlib.Z_SYNC_FLUSH)))
        for _, output in terminal.sent
    ]
    return sum(size for size, _ in sizes[first:]), sum(size for _, size in sizes[first:])


def _cpu_s(pid: int) -> float:
    """Processor time of a process and of its children that have ended, as Linux counts it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS_PER_S
