"""A plan, its receipt and the history as text: all that is done is shown, and nothing steers a terminal."""

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import frames
import pytest

from ollama_top.control import by_hand
from ollama_top.control.edits import edit_between, inverse
from ollama_top.model.decoded import decode
from ollama_top.model.encoded import encode
from ollama_top.model.finding import Change
from ollama_top.model.plan import BareProcess, Plan, ServerRun, Step, StepKind
from ollama_top.model.receipt import Begun, Entry, Outcome, Receipt, Way
from ollama_top.model.server import Keeper
from ollama_top.outputs import plan as outputs

N, Q = "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_QUEUE"
OWN = "/etc/systemd/system/ollama.service.d/50-ollama-top.conf"
TEXT = f'# of ours\n[Service]\nEnvironment="{N}=4"\n'
RESTART = Step(StepKind.RESTART, argv=("systemctl", "--no-ask-password", "restart", "ollama.service"))
EVIL = "\x1b[2J\x07\u202eevil"


def a_plan(before: str | None = None, after: str | None = TEXT, path: str = OWN, **changes: object) -> Plan:
    edit = edit_between(path, before, after)
    plain = Plan(
        url="http://127.0.0.1:11434",
        url_then="http://127.0.0.1:11434",
        keeper=Keeper.SYSTEMD,
        service="ollama.service",
        changes=(Change(N, "4"), Change(Q, None)),
        was=(Change(N, None), Change(Q, "64")),
        steps=(Step(StepKind.EDIT, edit), RESTART),
        undo=(Step(StepKind.EDIT, inverse(edit)), RESTART),
        needs_root=True,
        refusal=None,
        instructions=("sudo systemctl edit ollama.service",),
        costs=("No request is in flight.",),
        notes=("Memory grows with it.",),
        run=ServerRun(1234, frames.NOW),
    )
    return replace(plain, **changes)


BARE = a_plan(
    keeper=Keeper.MANUAL,
    steps=(Step(StepKind.RESPAWN, argv=("ollama", "serve")),),
    undo=(Step(StepKind.RESPAWN, argv=("ollama", "serve")),),
    needs_root=False,
    bare=BareProcess(("ollama", "serve"), "/usr/bin/ollama", "/home/a b", "jo", "/log", ()),
)


def test_all_that_is_done_is_shown() -> None:
    lines = outputs.as_text(a_plan(), "root's, which you have").splitlines()
    for each in (
        f"{N}: not set -> 4",
        f"{Q}: 64 -> not set",
        "of ollama.service, a service of the system",
        "note: Memory grows with it.",
        f"    1 write {OWN}",
        f'        + Environment="{N}=4"',
        "    2 systemctl --no-ask-password restart ollama.service",
        "Rights: root's, which you have.",
        "    No request is in flight.",
        "Taken back: `ollama-top undo`.",
    ):
        assert each in lines
    assert any(
        each.startswith("Verified: Ollama answers at http://127.0.0.1:11434; its process") for each in lines
    )


def test_a_plan_without_steps_says_why() -> None:
    refused = outputs.as_text(a_plan(steps=(), refusal="it is masked"))
    assert "ollama-top does not do it: it is masked." in refused
    assert "By hand:\n    sudo systemctl edit" in refused
    assert "so already" in outputs.as_text(a_plan(steps=()))


def test_one_that_restarts_nothing_tells_of_no_cost() -> None:
    text = outputs.as_text(a_plan(steps=a_plan().steps[:1]))
    assert "What it costs" not in text
    assert "Verified" not in text


def test_a_bare_server_is_ended_and_started() -> None:
    text = outputs.as_text(BARE)
    assert "1 end it (SIGTERM), and start ollama serve as it was started before" in text
    assert "it lives on for 2 s" in text


@pytest.mark.parametrize("evil", [EVIL, "[bold]x[/]", "a\nb"])
def test_nothing_from_outside_steers_a_terminal(evil: str) -> None:
    of = a_plan(
        service=evil, changes=(Change(N, evil),), was=(Change(N, evil),), notes=(evil,), costs=(evil,)
    )
    receipt = Receipt(Outcome.FAILED, evil, (evil,), (evil,), of)
    entry = Entry(f"{evil}.ndjson", "m", frames.NOW, of, (), Outcome.FAILED, evil, None)
    for text in (outputs.as_text(of, evil), outputs.receipt(receipt), outputs.history((entry,))):
        assert all(each.isprintable() for each in text.splitlines())
        assert EVIL not in text


def test_the_commands_for_a_person_do_what_the_plan_does(tmp_path: Path) -> None:
    path = tmp_path / "a folder; $(x)/own.conf"
    hard = f"[Service]\nEnvironment=\"{N}=$HOME `x` \\\\ 'q'\"\n"
    touch = Step(StepKind.RESTART, argv=("touch", "--no-ask-password", str(tmp_path / "restarted")))
    of = a_plan(None, hard, str(path), needs_root=False)
    of = replace(of, steps=(of.steps[0], touch))
    subprocess.run(["sh", "-eu"], input="\n".join(by_hand.there(of)), text=True, check=True)
    assert path.read_text() == hard
    assert (tmp_path / "restarted").exists()


def test_what_is_changed_in_a_file_of_a_persons_is_told_in_words() -> None:
    assert [*by_hand.there(a_plan("[Service]\nA=1\n"))] == ["sudo systemctl edit ollama.service"]


def test_the_way_back_by_hand() -> None:
    lines = by_hand.back(a_plan())
    assert "`ollama-top undo` tries it again" in lines[0]
    assert lines[1:] == (f"sudo rm -f -- {OWN}", "sudo systemctl restart ollama.service")
    changed = by_hand.back(a_plan("[Service]\nA=1\nB=1\n", "[Service]\nA=2\nB=1\n"))
    assert changed[1:4] == (f"in {OWN}, from line 2 on:", "- A=2", "+ A=1")
    (_, bare) = by_hand.back(BARE)
    assert bare == f"cd '/home/a b' && {shlex.join(['env', '-u', N, f'{Q}=64', 'ollama', 'serve'])}"


def test_a_receipt_says_what_was_seen_and_is_left_to_do() -> None:
    receipt = Receipt(Outcome.FAILED, "It was not done.", ("It was seen.",), ("type this",), a_plan())
    assert outputs.receipt(receipt) == ("It was not done.\n    It was seen.\nTo do by hand:\n    type this")


def test_the_history_has_a_line_for_each() -> None:
    begun = (Begun(Way.THERE, 0, frames.NOW),)
    entries = [
        Entry("a", "m", frames.NOW, a_plan(), begun, None, None, None),
        Entry("b", "m", frames.NOW, a_plan(), begun, Outcome.KEPT, "done", "a"),
    ]
    first, second = outputs.history(entries).splitlines()
    assert "cut off" in first
    assert first.endswith(f"ollama.service: {N}=4, {Q} unset")
    assert second.endswith("(takes one back)")
    assert outputs.history(()) == "nothing was changed yet"


@pytest.mark.parametrize("of", [a_plan(), BARE, a_plan(run=None, keeper=None, refusal="x", steps=())])
def test_a_plan_comes_back_from_its_document(of: Plan) -> None:
    assert decode(Plan, encode(of, "", {}), {}) == of
