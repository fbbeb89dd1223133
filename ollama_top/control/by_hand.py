"""What a person types in place of ollama-top: to make a change, or to take one back. Pure."""

import shlex
from collections.abc import Iterator

from ollama_top.control.plan_words import changed_lines, text_lines
from ollama_top.model.plan import Edit, Plan, Step, StepKind

AGAIN = "`ollama-top undo` tries it again; or by hand:"
NO_QUESTION = "--no-ask-password"
"""What systemctl is told by ollama-top, and not by a person, who may well be asked."""


def there(plan: Plan) -> Iterator[str]:
    """The commands that do what a plan does, for somebody who types them with other rights."""
    edits = [each.edit for each in plan.steps if each.edit is not None]
    if not edits or any(each.digest_before is not None or each.digest_after is None for each in edits):
        yield from plan.instructions
        return
    sudo = _sudo(plan)
    for edit in edits:
        folder = edit.path.rpartition("/")[0]
        yield shlex.join([*sudo, "mkdir", "-p", folder])
        yield f"{shlex.join([*sudo, 'tee', edit.path])} >/dev/null <<'END'"
        yield from (line for hunk in edit.hunks for line in text_lines(hunk.after))
        yield "END"
    yield from (_typed(step, sudo) for step in plan.steps if step.argv)


def back(plan: Plan) -> tuple[str, ...]:
    """The way back of a plan, one line each."""
    return (AGAIN, *(line for step in plan.undo for line in _step(step, plan, _sudo(plan))))


def _sudo(plan: Plan) -> list[str]:
    return ["sudo"] if plan.needs_root else []


def _typed(step: Step, sudo: list[str]) -> str:
    return shlex.join([*sudo, *(each for each in step.argv if each != NO_QUESTION)])


def _step(step: Step, plan: Plan, sudo: list[str]) -> Iterator[str]:
    if step.edit is not None:
        yield from _edit(step.edit, sudo)
    elif step.kind is StepKind.RESPAWN:
        folder = [f"cd {shlex.quote(plan.bare.folder)} &&"] if plan.bare is not None else []
        variables = [f"{each.name}={each.value}" for each in plan.was if each.value is not None]
        gone = [word for each in plan.was if each.value is None for word in ("-u", each.name)]
        yield " ".join([*folder, shlex.join(["env", *gone, *variables, *step.argv])])
    else:
        yield _typed(step, sudo)


def _edit(edit: Edit, sudo: list[str]) -> Iterator[str]:
    if edit.digest_after is None:
        yield shlex.join([*sudo, "rm", "-f", "--", edit.path])
        return
    yield f"in {edit.path}, from line {edit.hunks[0].line if edit.hunks else 1} on:"
    for hunk in edit.hunks:
        yield from changed_lines(hunk)
