"""How long `q` takes to give the terminal back, and to end the program; also while a server hangs."""

from functools import partial
from time import perf_counter

from measuring import Bench, Outcome
from programs import OURS, Program, ours
from servers import hanging_server
from table import Column, Goal, Table
from terminal import serve, serve_for

RESTORED, GONE = Column("terminal restored", "ms"), Column("process gone", "ms")
DEMO, HANGS, MTOP_HANGS = "ollama-top --demo", "ollama-top, server hangs", "mtop, server hangs"
RESTORED_MS, GONE_MS = 300.0, 500.0
LOOKING_S = 1.5
TOO_LONG_S = 10.0


def measure(bench: Bench) -> Outcome:
    """`q` is pressed while everyone is at work."""
    with hanging_server() as silent:
        programs = [
            ours("--host", bench.server),
            ours("--demo").named(DEMO),
            ours("--host", silent).named(HANGS),
            bench.htop,
            bench.mtop.with_arguments("-u", f"http://{bench.server}"),
            bench.mtop.with_arguments("-u", f"http://{silent}").named(MTOP_HANGS),
        ]
        rows = bench.short_rounds(programs, partial(_times_ms, bench))
    table = Table("From `q` to the shell", OURS, [RESTORED, GONE], rows)
    goals = [
        Goal(f"{name}: {column.title}", table.figure(name, at), limit_ms, column)
        for name in (OURS, DEMO, HANGS)
        for at, (column, limit_ms) in enumerate([(RESTORED, RESTORED_MS), (GONE, GONE_MS)])
    ]
    return Outcome(table, goals)


def _times_ms(bench: Bench, program: Program) -> list[float | None]:
    with bench.start(program) as terminal:
        serve_for([terminal], LOOKING_S)
        terminal.press("q")
        pressed_s = perf_counter()
        times_s = []
        for is_so in (terminal.is_restored, terminal.has_exited):
            happened = serve([terminal], is_so, TOO_LONG_S)
            times_s.append((perf_counter() - pressed_s) * 1e3 if happened else None)
    return times_s
