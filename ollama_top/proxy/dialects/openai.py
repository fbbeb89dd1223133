"""OpenAI's dialect, as Ollama speaks it: chat, completions, responses, embeddings, transcriptions.

Field names and defaults are those of openai/ and middleware/openai.go, tag v0.33.0. A stream tells its tokens
only to those who ask for them (`stream_options`), and no reply tells times.
"""

import re
from collections.abc import Mapping
from typing import Any

from ollama_top.model.exchange import Dialect, Route
from ollama_top.ollama import jsonic
from ollama_top.proxy.dialects.events import Last, last_of, told_of
from ollama_top.proxy.dialects.told import Asked, Rule, Told, name_of, whole
from ollama_top.proxy.metering.tail import Ending

WANTED = frozenset({"model", "stream", "max_tokens", "max_output_tokens"})
CHAT_CONTENT = re.compile(rb'"(?:content|reasoning|text)": ?"[^"]|"tool_calls": ?\[ ?\{')
RESPONSE_CONTENT = re.compile(rb"event: response\.\w{1,40}(?:\.\w{1,40})?\.delta\n")
ENDS = frozenset({"response.completed", "response.incomplete"})


def _ask(found: Mapping[str, Any]) -> Asked:
    most = whole(found.get("max_tokens", found.get("max_output_tokens")))
    return Asked(name_of(found.get("model")), found.get("stream") is True, num_predict=most)


def _ask_at_once(found: Mapping[str, Any]) -> Asked:
    """Of a route that does not stream."""
    return Asked(name_of(found.get("model")))


def _tell(ending: Ending, *, is_streamed: bool) -> Told:
    """The end of a chat or a completion: `[DONE]`, or the whole object."""
    last = last_of(ending, is_streamed=is_streamed)
    return told_of(last, is_end=last.is_marked or not is_streamed, finish=_finish(last))


def _tell_of_response(ending: Ending, *, is_streamed: bool) -> Told:
    last = last_of(ending, is_streamed=is_streamed)
    told = told_of(last, is_end=bool(last.types & ENDS) or not is_streamed, finish=_reason(last))
    return told if "response.failed" not in last.types else Told(has_failed=True)


def _tell_of_vectors(ending: Ending, *, is_streamed: bool) -> Told:
    return told_of(last_of(ending, is_streamed=is_streamed), is_end=True, finish=None)


def _finish(last: Last) -> str | None:
    choices = (choice for each in last.objects for choice in jsonic.objects(each, "choices"))
    return next((reason for each in choices if (reason := jsonic.text(each, "finish_reason"))), None)


def _reason(last: Last) -> str | None:
    """Why a response is not complete; a complete one tells no reason, and so has stopped."""
    for each in last.objects:
        response = jsonic.member(each, "response") or each
        if jsonic.text(response, "status") in {"completed", "incomplete"}:
            return jsonic.text(jsonic.member(response, "incomplete_details"), "reason") or None
    return None


RULES = (
    Rule(Dialect.OPENAI, Route.OPENAI_CHAT, WANTED, _ask, CHAT_CONTENT, _tell, lines_a_piece=2),
    Rule(Dialect.OPENAI, Route.OPENAI_COMPLETIONS, WANTED, _ask, CHAT_CONTENT, _tell, lines_a_piece=2),
    Rule(
        Dialect.OPENAI,
        Route.OPENAI_RESPONSES,
        WANTED,
        _ask,
        RESPONSE_CONTENT,
        _tell_of_response,
        lines_a_piece=3,
    ),
    Rule(
        Dialect.OPENAI,
        Route.OPENAI_EMBEDDINGS,
        WANTED,
        _ask_at_once,
        CHAT_CONTENT,
        _tell_of_vectors,
        writes=False,
    ),
    Rule(
        Dialect.OPENAI,
        Route.OPENAI_TRANSCRIPTIONS,
        WANTED,
        _ask_at_once,
        CHAT_CONTENT,
        _tell_of_vectors,
        has_form=True,
    ),
)
