"""Anthropic's dialect, as Ollama speaks it: messages.

Field names and defaults are those of anthropic/anthropic.go, tag v0.33.0. No reply tells times.
"""

import re
from collections.abc import Mapping
from typing import Any

from ollama_top.model.exchange import Dialect, Route
from ollama_top.ollama import jsonic
from ollama_top.proxy.dialects.events import last_of, told_of
from ollama_top.proxy.dialects.told import Asked, Rule, Told, name_of, whole
from ollama_top.proxy.metering.tail import Ending

WANTED = frozenset({"model", "stream", "max_tokens"})
CONTENT = re.compile(rb"event: content_block_delta\n")


def _ask(found: Mapping[str, Any]) -> Asked:
    most = whole(found.get("max_tokens"))
    return Asked(name_of(found.get("model")), found.get("stream") is True, num_predict=most)


def _tell(ending: Ending, *, is_streamed: bool) -> Told:
    last = last_of(ending, is_streamed=is_streamed)
    reasons = (
        jsonic.text(jsonic.member(each, "delta"), "stop_reason") or jsonic.text(each, "stop_reason")
        for each in last.objects
    )
    return told_of(
        last,
        is_end="message_stop" in last.types or not is_streamed,
        finish=next((each for each in reasons if each), None),
    )


RULES = (Rule(Dialect.ANTHROPIC, Route.ANTHROPIC_MESSAGES, WANTED, _ask, CONTENT, _tell, lines_a_piece=3),)
