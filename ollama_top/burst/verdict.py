"""What a measured number means, in a sentence and in an exit code. Pure.

The reason why less is served than was configured is the doctor's; where it knows none, none is given.
"""

from collections.abc import Sequence

from ollama_top.model.burst import Burst
from ollama_top.model.finding import Finding, mend
from ollama_top.model.reading import Known, Missing, Reading
from ollama_top.ollama.environment import NUM_PARALLEL

AS_CONFIGURED, LESS, NOT_MEASURED = 0, 1, 2
REASONS = (
    "edited-not-restarted",
    "env-only-in-shell",
    "overridden",
    "invalid-value",
    "parallel-forced-to-one",
    "effective-differs",
    "parallel-not-set",
)
"""Findings that explain a number, those that explain most first."""


def code(burst: Burst) -> int:
    """0 as configured, or as the default says; 1 less than configured, or no number; 2 not measured."""
    wanted = wanted_of(burst)
    if isinstance(burst.measured_parallel, Missing):
        return NOT_MEASURED
    if _is_misread(burst):
        return LESS
    measured = burst.measured_parallel.value
    if wanted is None or measured >= wanted:
        return AS_CONFIGURED
    return NOT_MEASURED if burst.measured_is_least else LESS


def wanted_of(burst: Burst) -> int | None:
    """The number to measure against: what is configured, else what holds; None where neither is known."""
    for each in (burst.configured_parallel, burst.effective_parallel):
        if isinstance(each, Known):
            return each.value
    return None


def verdict(burst: Burst, findings: Sequence[Finding], held_at_one: str | None = None) -> str:
    """The sentence, with the doctor's reason where the number is not what it should be."""
    if isinstance(burst.measured_parallel, Missing):
        return f"Could not be measured: {burst.measured_parallel.hint}."
    said = f"{_configured(burst)}, {_measured(burst, burst.measured_parallel.value)}"
    if code(burst) == NOT_MEASURED:
        return f"{said}: no request had to wait, so it may be more; send more at once (-n)."
    if code(burst) == LESS:
        return f"{said}: {_reason(burst, findings, held_at_one)}"
    return f"{said}: {_agreement(burst)}"


def _configured(burst: Burst) -> str:
    if isinstance(burst.configured_parallel, Known):
        place = f" in {burst.configured_in}" if burst.configured_in else ""
        return f"{burst.configured_parallel.value} configured{place}"
    if burst.configured_in is not None:
        return f"Configured in {burst.configured_in} as {burst.configured_parallel.hint}"
    return "Not configured" if _is_nowhere(burst.configured_parallel) else "What is configured is not known"


def _is_misread(burst: Burst) -> bool:
    """Whether something is configured that is no number."""
    return isinstance(burst.configured_parallel, Missing) and burst.configured_in is not None


def _is_nowhere(reading: Reading[int]) -> bool:
    return isinstance(reading, Missing) and reading.why.value == "absent"


def _measured(burst: Burst, measured: int) -> str:
    return f"{measured} measured" if not burst.measured_is_least else f"at least {measured} measured"


def _agreement(burst: Burst) -> str:
    wanted, measured = wanted_of(burst), burst.measured_parallel
    if isinstance(measured, Known) and wanted is not None and measured.value > wanted:
        return "more than that says; other settings may have held when the model was loaded."
    if isinstance(burst.configured_parallel, Known):
        return "as it should be."
    if wanted is None:
        return "there is nothing to compare it with."
    if not _is_nowhere(burst.configured_parallel):
        return "as holds for the running server."
    return f"as Ollama does by default; {NUM_PARALLEL} changes it."


def _reason(burst: Burst, findings: Sequence[Finding], held_at_one: str | None) -> str:
    if held_at_one is not None:
        return f"{burst.model} is served one at a time whatever is set: {held_at_one}."
    found = {each.id: each for each in reversed(findings) if _is_about(each, burst.model)}
    reason = next((found[each] for each in REASONS if each in found), None)
    if reason is not None:
        return f"{reason.title}. {reason.cause}{_mended(reason)}"
    if _is_misread(burst):
        return "set a whole number in its place."
    if isinstance(burst.effective_parallel, Known):
        return f"its runner is said to serve {burst.effective_parallel.value}; nothing tells why it did not."
    return "nothing that can be read tells why."


def _is_about(finding: Finding, model: str) -> bool:
    return NUM_PARALLEL in finding.title or finding.subject in {NUM_PARALLEL, model}


def _mended(finding: Finding) -> str:
    return f" Mend: {mend(finding.fix)}." if finding.fix is not None else ""
