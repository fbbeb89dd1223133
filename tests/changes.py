"""Plans and receipts written by hand, and processes that tell of a change as the real one does."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import frames

from ollama_top.apply.events import Event, line_of
from ollama_top.control.edits import edit_between, inverse
from ollama_top.model.finding import Change
from ollama_top.model.plan import Edit, Plan, ServerRun, Step, StepKind
from ollama_top.model.reading import Known, Source
from ollama_top.model.receipt import Outcome, Receipt
from ollama_top.model.server import Keeper

N = "OLLAMA_NUM_PARALLEL"
URL = "http://127.0.0.1:11434"
STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RUN = ServerRun(1234, STARTED)
TEXT = f'[Service]\nEnvironment="{N}=4"\n'
RESTART = Step(StepKind.RESTART, argv=("systemctl", "--no-ask-password", "restart", "ollama.service"))
TELLER = """
import sys
print(sys.stdin.readline(), file=open(sys.argv[2], "w"), flush=True)
for line in sys.argv[1].splitlines():
    print(line, flush=True)
    if '"stuck"' in line:
        answer = sys.stdin.readline().strip()
        print('{"event": "said", "text": "answered: %s"}' % answer, flush=True)
if sys.argv[3] == "holds":
    sys.stdin.readline()
"""


def edit(path: Path | str = "/etc/x.conf", before: str | None = None) -> Edit:
    """A file of our own, written anew."""
    return edit_between(str(path), before, TEXT)


def plan(path: Path | str = "/etc/x.conf", **changes: Any) -> Plan:
    """Four requests at once, written to a file; a restart takes it up."""
    step = Step(StepKind.EDIT, edit(path))
    plain = Plan(
        url=URL,
        url_then=URL,
        keeper=Keeper.SYSTEMD,
        service="ollama.service",
        changes=(Change(N, "4"),),
        was=(Change(N, None),),
        steps=(step, RESTART),
        undo=(replace(step, edit=inverse(edit(path))), RESTART),
        needs_root=False,
        refusal=None,
        instructions=("sudo systemctl edit ollama.service", "sudo systemctl restart ollama.service"),
        costs=("No request is in flight.",),
        notes=(),
        run=RUN,
    )
    return replace(plain, **changes)


def receipt(of: Plan | None = None, outcome: Outcome = Outcome.KEPT, **changes: Any) -> Receipt:
    """What came of it."""
    plain = Receipt(outcome, f"{N}=4: done.", (f"Process 99 has {N}=4.",), (), of or plan())
    return replace(plain, **changes)


def watched(**changes: Any) -> Any:
    """A Frame of the server that the plan is about."""
    server = frames.server(pid=Known(RUN.pid, Source.PROCESSES), started_at=Known(STARTED, Source.PROCESSES))
    return frames.frame(**{"server": server, **changes})


def telling(*events: Event, order: Path, holds: bool = False) -> tuple[str, ...]:
    """A command that notes the order that it gets, tells these events, and ends, or holds on."""
    said = "\n".join(map(line_of, events))
    return sys.executable, "-c", TELLER, said, str(order), "holds" if holds else "ends"
