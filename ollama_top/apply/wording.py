"""What is done, and was, in words. Pure."""

from ollama_top.control.plan_words import change_words
from ollama_top.model.plan import Plan, Step, StepKind

WORDS = {
    StepKind.RELOAD: "having systemd read its files anew",
    StepKind.RESET: "having systemd forget earlier starts",
}


def words_of(step: Step, plan: Plan) -> str:
    """What is being done, for whoever waits."""
    if step.edit is not None:
        return f"writing {step.edit.path}"
    return WORDS.get(step.kind, f"restarting {plan.service}")


def kept_words(plan: Plan) -> str:
    """What was done."""
    changes = ", ".join(map(change_words, plan.changes))
    if plan.restarts:
        return f"{changes}: done."
    return f"{changes}: written, for the next start of {plan.service}."
