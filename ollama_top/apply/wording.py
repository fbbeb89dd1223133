"""What is done, and was, in words. Pure."""

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
    changes = ", ".join(
        f"{each.name}={each.value}" if each.value is not None else f"{each.name} unset"
        for each in plan.changes
    )
    return (
        f"{changes}: done." if plan.restarts else f"{changes}: written, for the next start of {plan.service}."
    )
