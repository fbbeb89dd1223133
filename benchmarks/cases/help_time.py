"""How long `--help` takes, beside a Python that does nothing."""

import subprocess
from time import perf_counter

from measuring import Bench, Outcome
from programs import OURS, PYTHON, ROOT, Program, ours
from table import Column, Goal, Table

WALL = Column("wall time", "ms", 1)
NOTHING = "python -c pass"


def measure(bench: Bench) -> Outcome:
    """Wall time of each from its start to its end."""
    programs = [
        Program(NOTHING, (PYTHON, "-c", "pass")),
        ours("--help"),
        bench.htop.with_arguments("--help"),
        bench.mtop.with_arguments("--help"),
    ]
    table = Table(
        "`--help`", OURS, [WALL], bench.short_rounds(programs, lambda each: [_wall_ms(each, bench)])
    )
    nothing = table.figure(NOTHING) or 0.0
    words = "`--help` within twice `python -c pass` and 40 ms"
    return Outcome(table, [Goal(words, table.figure(OURS), 2 * nothing + 40, WALL)])


def _wall_ms(program: Program, bench: Bench) -> float:
    began_s = perf_counter()
    subprocess.run(program.argv, env=bench.environment, cwd=ROOT, capture_output=True, check=True)
    return (perf_counter() - began_s) * 1e3
