"""How much memory is resident after a minute."""

from contextlib import ExitStack
from pathlib import Path

from measuring import Bench, Outcome
from programs import OURS, PEER_INTERVAL, ours
from table import Column, Goal, Table
from terminal import serve_for

RESIDENT = Column("resident", "MB", 1)
DEMO = "ollama-top --demo"
LIMIT_MB = 55.0


def measure(bench: Bench) -> Outcome:
    """All at the same time, since none minds the others' memory."""
    programs = [
        ours("--host", bench.server, "--interval", PEER_INTERVAL),
        ours("--demo", "--interval", PEER_INTERVAL).named(DEMO),
        bench.htop.with_arguments("-d10"),
        bench.mtop.with_arguments("-i", PEER_INTERVAL, "-u", f"http://{bench.server}"),
    ]
    with ExitStack() as stack:
        running = {each.name: stack.enter_context(bench.start(each)) for each in programs if not each.absent}
        serve_for([*running.values()], bench.memory_after_s)
        sizes = {name: [[_resident_mb(terminal.pid)]] for name, terminal in running.items()}
    title = f"Memory after {bench.memory_after_s:g} s"
    table = Table(title, OURS, [RESIDENT], {each.name: each.absent or sizes[each.name] for each in programs})
    goals = [Goal(f"{name}: resident", table.figure(name), LIMIT_MB, RESIDENT) for name in (OURS, DEMO)]
    return Outcome(table, goals)


def _resident_mb(pid: int) -> float:
    """As Linux counts it: pages shared with others are counted in whole."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6
