"""The rights that a plan needs, asked for in a terminal; without them, what to type."""

import sys

from ollama_top.apply.hands import Hands, ask_for_rights, hands_for
from ollama_top.cli.exits import tell
from ollama_top.control import by_hand
from ollama_top.model.plan import Plan
from ollama_top.model.text import printable

BY_HAND = "The same by hand, with root's rights:"


class RefusedError(Exception):
    """Nothing was changed; the text says why."""


def with_rights(plan: Plan) -> Hands:
    """Hands with the rights of a plan, after sudo has asked for a password; raises RefusedError."""
    is_asked = sys.stdin.isatty() and sys.stderr.isatty() and ask_for_rights()
    hands = hands_for(plan) if is_asked else None
    if hands is None:
        tell("\n".join(map(printable, [BY_HAND, *by_hand.there(plan)])))
        raise RefusedError("root's rights are needed, and cannot be had here")
    return hands
