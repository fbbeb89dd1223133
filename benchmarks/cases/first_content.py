"""How long it takes from a command to the first letter on the screen, and to the first model's name."""

from functools import partial

import pyte
from load import MODEL
from measuring import Bench, Outcome
from programs import OURS, Program, ours, script
from table import Column, Goal, Table
from terminal import has_content, serve_for

CONTENT, NAME = Column("first content", "ms"), Column("first model's name", "ms")
EMPTY, DEMO = "empty Textual app", "ollama-top --demo"
ALLOWANCE_MS = 100.0
WATCHED_S = 2.0
DEMO_MODEL = "qwen3:8b"


def measure(bench: Bench) -> Outcome:
    """Everyone beside an app that shows one word; the name is that of a model in memory."""
    programs = [
        script("empty_app.py").named(EMPTY),
        ours("--host", bench.server),
        ours("--demo").named(DEMO),
        bench.htop,
        bench.mtop.with_arguments("-u", f"http://{bench.server}"),
    ]
    rows = bench.short_rounds(programs, partial(_times_ms, bench))
    table = Table("From the command to the screen", OURS, [CONTENT, NAME], rows)
    limit_ms = (table.figure(EMPTY) or 0.0) + ALLOWANCE_MS
    words = "first content within that of an empty Textual app and 100 ms"
    goals = [Goal(f"{name}: {words}", table.figure(name), limit_ms, CONTENT) for name in (OURS, DEMO)]
    return Outcome(table, goals)


def _times_ms(bench: Bench, program: Program) -> list[float | None]:
    """When the screen first showed a letter, and when a model's name."""
    with bench.start(program) as terminal:
        serve_for([terminal], WATCHED_S)
        times_s = terminal.shown_after_s(has_content), terminal.shown_after_s(_names_a_model)
    return [None if each is None else each * 1e3 for each in times_s]


def _names_a_model(screen: pyte.Screen) -> bool:
    return any(name in line for line in screen.display for name in (MODEL, DEMO_MODEL))
