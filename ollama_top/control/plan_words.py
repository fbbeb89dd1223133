"""A plan to change settings, and its receipt, as lines for a person. Pure."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from ollama_top.model.finding import Change
from ollama_top.model.plan import Edit, Hunk, Plan, Step, StepKind
from ollama_top.model.receipt import Receipt

INDENT = "    "
VERIFIED = "Ollama answers at {url}; {holds}; and its process has the values. Else it is taken back at once."
HOLDS_BY_SYSTEMD = "its process stays the same until systemd would have started it anew, and 2 s longer"
HOLDS_BARE = "it is the process that was started, and it lives on for 2 s"


def lines(plan: Plan, rights: str | None, *, can_be_undone: bool = True) -> Iterator[str]:
    """What is to change, what is done for it, and what that costs; `rights` is how root's are had.

    What takes a change back cannot be taken back itself: the change is made anew.
    """
    yield from differences(plan)
    yield f"of {plan.service}{f', {plan.keeper.doc}' if plan.keeper else ''}"
    yield from (f"note: {each}" for each in plan.notes)
    if plan.refusal is not None:
        yield f"ollama-top does not do it: {plan.refusal}."
        yield from _block("By hand:", plan.instructions)
        return
    if not plan.steps:
        yield "Nothing is to be done: the server has it so already."
        return
    yield from _block("What is done:", [*steps(plan.steps)])
    if rights is not None:
        yield f"Rights: {rights}."
    if plan.restarts:
        yield from _block("What it costs now:", plan.costs)
        is_bare = any(each.kind is StepKind.RESPAWN for each in plan.steps)
        holds = HOLDS_BARE if is_bare else HOLDS_BY_SYSTEMD
        yield f"Verified: {VERIFIED.format(url=plan.url_then, holds=holds)}"
    if can_be_undone:
        yield "Taken back: `ollama-top undo`."


def of_receipt(receipt: Receipt) -> Iterator[str]:
    """What came of a change, what was seen of it, and what is left to do."""
    yield from (receipt.text, *(f"{INDENT}{each}" for each in receipt.seen))
    yield from _block("To do by hand:", receipt.to_do)


def differences(plan: Plan) -> Iterator[str]:
    """What each variable is and is to be, a line each."""
    was = {each.name: each.value for each in plan.was}
    for each in plan.changes:
        yield f"{each.name}: {_value(was.get(each.name))} -> {_value(each.value)}"


def change_words(change: Change) -> str:
    """What a variable is to be, in one word or two."""
    return f"{change.name}={change.value}" if change.value is not None else f"{change.name} unset"


def steps(of: Iterable[Step]) -> Iterator[str]:
    """What is done, a line for each file, changed line and command."""
    for number, step in enumerate(of, 1):
        if step.edit is not None:
            yield f"{number} {_edited(step.edit)}"
            for hunk in step.edit.hunks:
                yield from (f"{INDENT}{line}" for line in changed_lines(hunk))
        elif step.kind is StepKind.RESPAWN:
            yield f"{number} end it (SIGTERM), and start {shlex.join(step.argv)} as it was started before"
        else:
            yield f"{number} {shlex.join(step.argv)}"


def changed_lines(hunk: Hunk) -> Iterator[str]:
    """What goes, and what comes in its place, each line with its sign."""
    yield from (f"- {line}" for line in text_lines(hunk.before))
    yield from (f"+ {line}" for line in text_lines(hunk.after))


def text_lines(lines: Iterable[str]) -> list[str]:
    """Lines without their ends; what is only an end is none."""
    return [text for each in lines if (text := each.strip("\r\n"))]


def _block(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"{INDENT}{each}" for each in lines)


def _edited(edit: Edit) -> str:
    if edit.digest_before is None:
        return f"write {edit.path}"
    return f"{'remove' if edit.digest_after is None else 'in'} {edit.path}"


def _value(value: str | None) -> str:
    return "not set" if value is None else value
