"""One change to its end, whatever gets in its way: the steps are real, of the shell, on files of the test."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import frames
import pytest
from apply_plans import URL, course, done, outcomes, parts, plan, shell

from ollama_top.apply import journal as journals
from ollama_top.apply import undoing, watching
from ollama_top.apply.course import Course, Wishes
from ollama_top.apply.hands import Hands
from ollama_top.apply.watching import NotWellError
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan, StepKind
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.receipt import Outcome, Receipt, Way


def text(folder: Path) -> str | None:
    path = folder / "drop/own.conf"
    return path.read_text() if path.exists() else None


def failing(of: Plan, number: int, script: str = "echo no >&2; exit 1", *, back: bool = False) -> Plan:
    """The plan with a command that fails, in one direction."""
    steps = list(of.undo if back else of.steps)
    steps[number] = shell(steps[number].kind, script)
    return replace(of, undo=tuple(steps)) if back else replace(of, steps=tuple(steps))


def with_restart(folder: Path, **changes: Any) -> Plan:
    of = plan(folder, **changes)
    restart = shell(StepKind.RESTART, f"echo restart >>'{folder / 'done'}'")
    return replace(of, steps=(*of.steps, restart), undo=(*of.undo, restart))


async def test_all_steps_in_their_order(tmp_path: Path) -> None:
    said: list[str] = []
    made_with = parts(said)
    receipt = await course(plan(tmp_path), made_with).there()
    assert (receipt.outcome, text(tmp_path), done(tmp_path)) == (Outcome.KEPT, "a=1\n", ["reload", "reset"])
    (entry,) = made_with.journal.entries()
    assert [(each.way, each.step) for each in entry.begun] == [(Way.THERE, each) for each in range(3)]
    assert said[0].startswith("writing ")


async def test_a_step_that_fails_is_the_way_back(tmp_path: Path) -> None:
    made_with = parts()
    receipt = await course(failing(plan(tmp_path), 2), made_with).there()
    assert (receipt.outcome, text(tmp_path)) == (Outcome.CALLED_OFF, None)
    assert "failed (status 1): no" in receipt.text
    assert done(tmp_path) == ["reload", "reload", "reset"]
    assert outcomes(made_with.journal) == ["called off"]


async def test_what_somebody_wrote_meanwhile_stays_and_nothing_else_is_done(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop/own.conf").write_text("theirs\n")
    receipt = await course(plan(tmp_path), parts()).there()
    assert (receipt.outcome, receipt.to_do) == (Outcome.CALLED_OFF, ())
    assert "has changed since" in receipt.text
    assert (text(tmp_path), done(tmp_path)) == ("theirs\n", [])


@pytest.mark.parametrize("number", [1, 2, 3, 4])
async def test_a_disk_that_gets_full_under_the_journal(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a line of the journal on nothing can be written: the head is there before."""
    real, written = journals._append, 0

    def append(path: Path, document: Mapping[str, Any]) -> None:
        nonlocal written
        if written >= number:
            raise OSError(28, "No space left on device")
        written += 1
        real(path, document)

    monkeypatch.setattr(journals, "_append", append)
    made_with = parts()
    receipt = await course(plan(tmp_path), made_with).there()
    is_kept = number == 4  # only its end could not be written
    assert receipt.outcome is (Outcome.KEPT if is_kept else Outcome.CALLED_OFF)
    assert text(tmp_path) == ("a=1\n" if is_kept else None)
    assert any("No space left on device" in each for each in receipt.seen)
    assert made_with.journal.cut_off(), "the next start asks about it"


async def cancelled(made: Course, under_way: Path, *more_after_s: float) -> Receipt:
    """What comes of a change that is cancelled once something is under way, and perhaps oftener."""
    task = asyncio.ensure_future(made.there())
    while not under_way.exists():
        await asyncio.sleep(0.01)
    task.cancel()
    for each in more_after_s:
        await asyncio.sleep(each)
        task.cancel()
    return await task


@pytest.mark.parametrize("after_s", [(), (0.1,), (0.45,), (0.1, 0.1, 0.1, 0.1, 0.1)])
async def test_who_leaves_during_a_step_has_it_ended_and_taken_back(
    after_s: tuple[float, ...], tmp_path: Path
) -> None:
    log, begun = tmp_path / "done", tmp_path / "begun"
    slow = failing(plan(tmp_path), 1, f"touch '{begun}'; sleep 0.4; echo slow >>'{log}'")
    slow = failing(slow, 1, f"sleep 0.3; echo slowly-back >>'{log}'", back=True)
    receipt = await cancelled(course(slow, parts()), begun, *after_s)
    assert (receipt.outcome, text(tmp_path)) == (Outcome.CALLED_OFF, None)
    assert receipt.text == "Nothing was restarted, since it was cancelled."
    assert done(tmp_path) == ["slow", "slowly-back", "reset"], "one after the other"


async def test_who_leaves_while_it_is_taken_back_leaves_it_whole(tmp_path: Path) -> None:
    log, begun = tmp_path / "done", tmp_path / "begun"
    of = failing(failing(plan(tmp_path), 1), 1, f"touch '{begun}'; sleep 0.3; echo back >>'{log}'", back=True)
    receipt = await cancelled(course(of, parts()), begun)
    assert (receipt.outcome, text(tmp_path), done(tmp_path)) == (Outcome.CALLED_OFF, None, ["back", "reset"])
    assert "status 1" in receipt.text


async def test_a_defect_of_ours_is_taken_back(tmp_path: Path) -> None:
    async def broken() -> Frame:
        raise ZeroDivisionError("of ours")

    of = with_restart(tmp_path)
    receipt = await course(of, parts(frame=broken), Wishes(brings_back=True)).there()
    assert (receipt.outcome, text(tmp_path), done(tmp_path)) == (Outcome.CALLED_OFF, None, [])
    assert "of a defect in ollama-top (ZeroDivisionError: of ours)" in receipt.text


async def test_what_cannot_be_taken_back_is_told_and_tried_again(tmp_path: Path) -> None:
    once = f"[ -e '{tmp_path / 'allowed'}' ] || {{ echo 'sudo: a password is required' >&2; exit 1; }}"
    of = failing(failing(plan(tmp_path, needs_root=True), 2), 1, once, back=True)
    made_with = parts()
    receipt = await course(of, made_with).there()
    assert receipt.outcome is Outcome.FAILED
    assert "could not be taken back either" in receipt.text
    assert f"sudo rm -f -- {tmp_path / 'drop/own.conf'}" in receipt.to_do
    entry = undoing.last(made_with.journal, URL)
    assert entry
    assert (entry.outcome, undoing.way_to_undo(entry)) == (Outcome.FAILED, Way.BACK)
    (tmp_path / "allowed").write_text("")
    receipt = await undoing.finish(entry, Way.BACK, made_with)
    assert (receipt.outcome, text(tmp_path)) == (Outcome.CALLED_OFF, None)
    assert undoing.last(made_with.journal, URL) is None


async def test_rights_that_are_gone_after_the_wait_change_nothing(tmp_path: Path) -> None:
    receipt = await course(plan(tmp_path), parts(hands=Hands(("/nowhere/sudo",)))).there()
    assert (receipt.outcome, text(tmp_path), done(tmp_path)) == (Outcome.CALLED_OFF, None, [])


def in_flight(number: int | None) -> Frame:
    reading = Missing(Why.FAILED, "x") if number is None else Known(number, Source.SLOTS)
    return frames.frame(
        queue=replace(frames.frame().snapshot.queue, running=reading, waiting=Known(0, Source.SLOTS))
    )


async def test_requests_in_flight_are_waited_for(tmp_path: Path) -> None:
    looks = [in_flight(each) for each in (2, None, 1, 0)]

    async def look() -> Frame:
        return looks.pop(0)

    said: list[str] = []
    receipt = await course(plan(tmp_path), parts(said, frame=look), Wishes(drain_s=60)).there()
    assert (receipt.outcome, looks) == (Outcome.KEPT, [])
    assert [each.partition(" to end")[0] for each in said[:3]] == [
        "waiting for 2 in flight",
        "waiting for requests",
        "waiting for 1 in flight",
    ]


async def test_those_that_do_not_end_call_it_off(tmp_path: Path) -> None:
    async def look() -> Frame:
        await asyncio.sleep(0.01)
        return in_flight(1)

    receipt = await course(plan(tmp_path), parts(frame=look), Wishes(drain_s=0.05)).there()
    assert (receipt.outcome, text(tmp_path), done(tmp_path)) == (Outcome.CALLED_OFF, None, [])
    assert "requests are still in flight: 1" in receipt.text


class Watched:
    """What is seen after each restart, in turn."""

    def __init__(self, *seen: str | None) -> None:
        self.left = list(seen)

    async def watch(self, unit: str, url: str, *, user: bool) -> int:
        problem = self.left.pop(0)
        if problem is not None:
            raise NotWellError(f"{problem} ({unit}, {url}, {user})")
        return 1


@pytest.mark.parametrize(
    ("seen", "run", "outcome", "restarts"),
    [
        ((None,), True, Outcome.KEPT, 1),
        (("it failed", None), True, Outcome.ROLLED_BACK, 2),
        (("it failed", "it failed again"), True, Outcome.FAILED, 2),
        (("it failed",), False, Outcome.ROLLED_BACK, 2),
    ],
    ids=["well", "taken back", "and not well either", "it was down before: nobody waits for it"],
)
async def test_a_restart_is_believed_when_it_has_held(
    seen: tuple[str | None, ...],
    run: bool,
    outcome: Outcome,
    restarts: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Watched(*seen)
    monkeypatch.setattr(watching, "watch", watched.watch)
    monkeypatch.setattr(Course, "_prove", lambda *_: asyncio.sleep(0))
    of = with_restart(tmp_path) if run else with_restart(tmp_path, run=None)
    made_with = parts()
    receipt = await course(of, made_with).there()
    assert (receipt.outcome, watched.left) == (outcome, []), receipt
    assert done(tmp_path).count("restart") == restarts
    assert outcomes(made_with.journal) == [outcome.value]
    assert bool(receipt.to_do) == (outcome is Outcome.FAILED)
    is_unwatched = any("did not run before" in each for each in receipt.seen)
    assert is_unwatched == (not run and outcome is Outcome.ROLLED_BACK), receipt.seen


async def test_what_was_cut_off_while_it_was_undone_goes_on_to_its_end(tmp_path: Path) -> None:
    made_with = parts()
    await course(plan(tmp_path), made_with).there()
    (first,) = made_with.journal.entries()
    back = undoing.undoing(replace(first, plan=replace(first.plan, url=URL)), frames.frame())
    with made_with.journal.alone("a test"):
        made_with.journal.start(back, undoes=first.name).begin(Way.THERE, 0)
    entry = undoing.last(made_with.journal, URL)
    assert entry
    assert "goes on with it" in undoing.cut_off_words(entry)
    receipt = await undoing.finish(entry, undoing.way_to_undo(entry), made_with)
    assert (receipt.outcome, text(tmp_path)) == (Outcome.KEPT, None)
    assert outcomes(made_with.journal) == ["undone", "kept"]
    assert undoing.last(made_with.journal, URL) is None
