"""What a person types to take a change back that ollama-top could not take back. Pure."""

import shlex
from collections.abc import Iterator

from ollama_top.control.plan_words import NO_QUESTION
from ollama_top.model.plan import Edit, Plan, Step, StepKind

AGAIN = "`ollama-top undo` tries it again; or by hand:"


def back(plan: Plan) -> tuple[str, ...]:
    """The way back of a plan, one line each."""
    sudo = ["sudo"] if plan.needs_root else []
    return (AGAIN, *(line for step in plan.undo for line in _step(step, plan, sudo)))


def _step(step: Step, plan: Plan, sudo: list[str]) -> Iterator[str]:
    if step.edit is not None:
        yield from _edit(step.edit, sudo)
    elif step.kind is StepKind.RESPAWN:
        folder = [f"cd {shlex.quote(plan.bare.folder)} &&"] if plan.bare is not None else []
        variables = [f"{each.name}={each.value}" for each in plan.was if each.value is not None]
        gone = [word for each in plan.was if each.value is None for word in ("-u", each.name)]
        yield " ".join([*folder, shlex.join(["env", *gone, *variables, *step.argv])])
    else:
        yield shlex.join([*sudo, *(each for each in step.argv if each != NO_QUESTION)])


def _edit(edit: Edit, sudo: list[str]) -> Iterator[str]:
    if edit.digest_after is None:
        yield shlex.join([*sudo, "rm", "-f", "--", edit.path])
        return
    yield f"in {edit.path}, from line {edit.hunks[0].line if edit.hunks else 1} on:"
    for hunk in edit.hunks:
        yield from (f"- {text}" for each in hunk.before if (text := each.strip("\r\n")))
        yield from (f"+ {text}" for each in hunk.after if (text := each.strip("\r\n")))
