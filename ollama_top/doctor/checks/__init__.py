"""One file a check. To add one, write its file, and name it here."""

from ollama_top.doctor.check import Check
from ollama_top.doctor.checks import (
    edited_not_restarted,
    env_only_in_shell,
    invalid_value,
    overridden,
    parallel_not_set,
    unit_file_edited,
)

CHECKS: tuple[Check, ...] = (
    parallel_not_set.CHECK,
    env_only_in_shell.CHECK,
    edited_not_restarted.CHECK,
    overridden.CHECK,
    invalid_value.CHECK,
    unit_file_edited.CHECK,
)
"""Every check, in the order in which equal findings are told."""
