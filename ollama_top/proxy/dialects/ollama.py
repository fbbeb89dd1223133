"""Ollama's own dialect: JSON in, JSON out, a line a piece.

Field names and defaults are those of api/types.go and server/routes.go, tags v0.1.33 to v0.33.0.
"""

import re
from collections.abc import Mapping
from typing import Any

from ollama_top.model.exchange import Dialect, Finish, Route, Transfer
from ollama_top.ollama import jsonic
from ollama_top.proxy.dialects.told import LONGEST_WORD, Asked, Rule, Told, name_of, whole
from ollama_top.proxy.metering.tail import Ending

WANTED = frozenset({"model", "name", "stream", "options", "keep_alive"})
FIELD = re.compile(
    rb'"(done|done_reason|error|total_duration|load_duration|prompt_eval_count|prompt_eval_duration'
    rb'|eval_count|eval_duration)": ?(\d{1,19}|true|false|"\w{0,24})'
)
"""The fields of a last line that is too long to be kept whole."""
CONTENT = re.compile(rb'"(?:response|content|thinking)": ?"[^"]|"tool_calls": ?\[ ?\{')
FIRST_LINE = re.compile(rb"\{")
NS_PER_S = 1e9
DURATION = re.compile(r"[-+]?(?:[\d.]{1,20}(?:ns|us|µs|ms|s|m|h)?){1,6}")
FINISHES = {"": None} | {each.value: each for each in Finish}


def _ask(found: Mapping[str, Any]) -> Asked:
    options = found.get("options")
    options = options if isinstance(options, dict) else {}
    return Asked(
        name_of(found.get("model")) or name_of(found.get("name")),
        found.get("stream") is not False,
        whole(options.get("num_ctx")),
        _keep_alive(found.get("keep_alive")),
        whole(options.get("num_predict")),
    )


def _keep_alive(value: object) -> str | None:
    """A duration as it was written: by Go's rules, or a number of seconds; any other text is not told on."""
    is_written = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_written and DURATION.fullmatch(str(value)) else None


def _ask_at_once(found: Mapping[str, Any]) -> Asked:
    """Of a route that does not stream."""
    return _ask(found)._replace(streamed=False)


def _tell(ending: Ending, *, is_streamed: bool) -> Told:  # noqa: ARG001 - in the same words for both
    """The statistics of generate and chat; Go leaves zeros out."""
    last = fields(ending)
    if "error" in last:
        return Told(has_failed=True)
    finish = FINISHES.get(str(last.get("done_reason", "")), Finish.OTHER)
    total_s = _seconds(last, "total_duration")
    if not total_s:  # it only loads or unloads, or is no end
        counts = 0 if finish in {Finish.LOAD, Finish.UNLOAD} else None
        return Told(last.get("done") is True, finish=finish, prompt_tokens=counts, output_tokens=counts)
    return Told(
        is_end=True,
        finish=finish,
        prompt_tokens=_number(last, "prompt_eval_count") or None,
        output_tokens=_number(last, "eval_count"),
        total_s=total_s,
        load_s=_seconds(last, "load_duration"),
        prefill_s=_seconds(last, "prompt_eval_duration"),
        write_s=_seconds(last, "eval_duration"),
    )


def _tell_of_vectors(ending: Ending, *, is_streamed: bool) -> Told:  # noqa: ARG001 - in the same words for both
    """The statistics of vectors."""
    last = fields(ending)
    has_times = "total_duration" in last  # /api/embeddings has none
    return Told(
        is_end="error" not in last,
        has_failed="error" in last,
        prompt_tokens=jsonic.count(last, "prompt_eval_count"),
        total_s=_seconds(last, "total_duration") if has_times else None,
        load_s=_seconds(last, "load_duration") if has_times else None,
    )


def _tell_of_transfer(ending: Ending, *, is_streamed: bool) -> Told:  # noqa: ARG001 - in the same words for both
    last = fields(ending)
    return Told(is_end=last.get("status") == "success", has_failed="error" in last)


def fields(ending: Ending) -> jsonic.Object:
    """The fields of the last line; where it is too long, or no JSON, those that can be made out."""
    line = ending.line
    if line is not None:
        try:
            return jsonic.parse_object(line)
        except jsonic.BadReplyError:
            pass
    return {name.decode(): _value(raw) for name, raw in FIELD.findall(ending.start + ending.rest)}


def transfer_of(line: bytes) -> Transfer | None:
    """How far a pull, a push or the making of a model is, by a line of its reply; None for another."""
    try:
        told = jsonic.parse_object(line)
    except jsonic.BadReplyError:
        return None
    status = jsonic.text(told, "status")
    total = jsonic.count(told, "total")
    done = (jsonic.count(told, "completed") or 0) if total is not None else None
    return Transfer(status[:LONGEST_WORD], done, total) if status else None


def _value(raw: bytes) -> Any:  # noqa: ANN401 - JSON
    if raw.startswith(b'"'):
        return raw[1:].decode()
    return raw == b"true" if raw.isalpha() else int(raw)


def _seconds(last: jsonic.Object, key: str) -> float:
    return _number(last, key) / NS_PER_S


def _number(last: jsonic.Object, key: str) -> int:
    """A count, which Go leaves out where it is 0; what is none counts for as much."""
    value = last.get(key, 0)
    return value if type(value) is int and 0 <= value <= jsonic.LARGEST else 0


def _rule(route: Route) -> Rule:
    return Rule(Dialect.OLLAMA, route, WANTED, _ask, CONTENT, _tell)


def _vectors(route: Route) -> Rule:
    return Rule(Dialect.OLLAMA, route, WANTED, _ask_at_once, CONTENT, _tell_of_vectors, writes=False)


def _transfer(route: Route) -> Rule:
    return Rule(Dialect.OLLAMA, route, WANTED, _ask, FIRST_LINE, _tell_of_transfer, writes=False)


RULES = (
    *map(_rule, (Route.GENERATE, Route.CHAT)),
    *map(_vectors, (Route.EMBED, Route.EMBEDDINGS)),
    *map(_transfer, (Route.PULL, Route.PUSH, Route.CREATE)),
)
