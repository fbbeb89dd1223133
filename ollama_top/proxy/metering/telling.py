"""What the proxy tells of one exchange: the value that everybody reads, worked out from what passed. Pure.

Must never give a number without saying whose it is: taken here, told by the server, or counted in pieces.
"""

from datetime import UTC, datetime
from typing import TypeVar

from ollama_top.model.exchange import ENDED, MANAGEMENT, Exchange, Finish, Phase
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.proxy.dialects.told import Asked
from ollama_top.proxy.metering.metered import Metered

T = TypeVar("T")


PENDING = Missing(Why.PENDING, "the reply has not ended")
NOT_BEGUN = Missing(Why.PENDING, "nothing of the answer has come")
NO_END = Missing(Why.ABSENT, "the answer did not come to its end, where this is told")
NO_TIMES = Missing(Why.UNSUPPORTED, "the reply tells no times")
NO_TOKENS = Missing(Why.UNSUPPORTED, "the reply does not tell its tokens")
NO_CONTENT = Missing(Why.ABSENT, "the answer has no content")
AT_ONCE = Missing(Why.ABSENT, "the answer came in one piece: its first token with its last")
AT_ONCE_RATE = Missing(Why.UNSUPPORTED, "the answer came in one piece, and tells no times")
NOTHING_WRITTEN = Missing(Why.ABSENT, "not a token was written")
TOO_LITTLE = Missing(Why.ABSENT, "too little was written to tell")
NOT_WRITTEN = Missing(Why.ABSENT, "nothing is written for such a request")
NOT_ASKED = Missing(Why.ABSENT, "the request does not say")
COMING = Missing(Why.PENDING, "the request is still coming")
PACKED = Missing(Why.UNSUPPORTED, "the request is packed, and is not unpacked")
NO_MODEL = Missing(Why.ABSENT, "the request names no model")
NO_AGENT = Missing(Why.ABSENT, "the client does not say what it is")
NOT_CALLED = Missing(Why.PENDING, "the server is not called yet")
NO_REPLY = Missing(Why.PENDING, "the server has not answered")
NEVER = Missing(Why.ABSENT, "the server did not answer")
NO_REASON = Missing(Why.UNSUPPORTED, "the reply does not tell why it ended")


def exchange_of(seen: Metered) -> Exchange:
    """An exchange as it stands now."""
    asked = seen.asked_so_far
    output = tokens_of(seen)
    return Exchange(
        id=seen.number,
        began_at=datetime.fromtimestamp(seen.began_wall_s, UTC),
        client_address=seen.client.address,
        upstream_address=_known(seen.road.begins_at, Source.PROXY, NOT_CALLED),
        client=seen.client.caller[0],
        client_pid=seen.client.caller[1],
        user_agent=_agent(seen.user_agent),
        dialect=seen.rule.dialect,
        route=seen.rule.route,
        model=_asked(seen, asked.model if asked else None, NO_MODEL),
        streamed=_streamed(seen, asked),
        num_ctx=_asked(seen, asked.num_ctx if asked else None),
        keep_alive=_asked(seen, asked.keep_alive if asked else None),
        num_predict=_asked(seen, asked.num_predict if asked else None),
        phase=seen.phase,
        status=_known(seen.status, Source.PROXY, NEVER if seen.phase in ENDED else NO_REPLY),
        failure=seen.failure,
        finish=_finish(seen),
        queue_s=queue_s(seen),
        load_s=_of_end(seen, seen.told.load_s),
        prefill_s=_of_end(seen, seen.told.prefill_s),
        ttft_s=ttft_s(seen),
        total_s=total_s(seen),
        prompt_tokens=_prompt_tokens(seen),
        output_tokens=output,
        tokens_per_s=tokens_per_s(seen, output),
        request_bytes=seen.request_bytes,
        reply_bytes=seen.reply_bytes,
        transfer=seen.transfer,
    )


def total_s(seen: Metered) -> Reading[float]:
    """From the first byte of the request to the last of the reply."""
    return PENDING if seen.ended_s is None else Known(seen.ended_s - seen.began_s, Source.PROXY)


def ttft_s(seen: Metered) -> Reading[float]:
    """From the first byte of the request to the first of content."""
    if seen.first_s is not None:
        return Known(seen.first_s - seen.began_s, Source.PROXY)
    if not seen.rule.writes:
        return NOT_WRITTEN
    if seen.phase not in ENDED:
        return NOT_BEGUN
    return AT_ONCE if seen.phase is Phase.DONE and not seen.is_streamed else NO_CONTENT


def queue_s(seen: Metered) -> Reading[float]:
    """What is left of its time when the server's own for loading, reading and writing is taken away.

    Two ways lead there, from the first content and from the whole. Each can only come out too long: the one
    where the server holds back what the model writes, the other where the client reads slowly.
    """
    told = seen.told
    if told.load_s is None or told.prefill_s is None or told.total_s is None or told.write_s is None:
        return NOT_WRITTEN if not seen.rule.writes else _of_end(seen, None)
    before_s = told.load_s + told.prefill_s
    whole_s = told.total_s - before_s - told.write_s
    if seen.first_s is None:
        return Known(max(0.0, whole_s), Source.API)
    first_s = seen.first_s - seen.began_s - before_s
    return Known(max(0.0, min(first_s, whole_s)), Source.PROXY if first_s < whole_s else Source.API)


def tokens_per_s(seen: Metered, output: Reading[int]) -> Reading[float]:
    """Tokens a second: by the server's time for writing, else from the first content to the last."""
    if isinstance(output, Missing):
        return output
    if output.value == 0:
        return NOTHING_WRITTEN
    if seen.told.write_s:
        return Known(output.value / seen.told.write_s, Source.API)
    if seen.first_s is None:
        return AT_ONCE_RATE
    span_s = seen.last_s - seen.first_s
    if output.value < 2 or span_s <= 0:
        return TOO_LITTLE
    source = output.source if output.source is Source.ESTIMATE else Source.PROXY
    return Known((output.value - 1) / span_s, source)


def tokens_of(seen: Metered) -> Reading[int]:
    """Tokens written; where the reply does not tell, its pieces."""
    if not seen.rule.writes:
        return NOT_WRITTEN
    if seen.told.output_tokens is not None:
        return Known(seen.told.output_tokens, Source.API)
    if seen.first_s is not None:
        return Known(max(1, seen.pieces), Source.ESTIMATE)
    return _of_end(seen, None, NO_TOKENS)


def _prompt_tokens(seen: Metered) -> Reading[int]:
    if seen.rule.route in MANAGEMENT:
        return Missing(Why.ABSENT, "such a request has no prompt")
    return _of_end(seen, seen.told.prompt_tokens, NO_TOKENS)


def _of_end(seen: Metered, value: T | None, why: Missing = NO_TIMES) -> Reading[T]:
    """What only the end of the reply tells."""
    if value is not None:
        return Known(value, Source.API)
    if seen.phase not in ENDED:
        return PENDING
    return why if seen.phase is Phase.DONE else NO_END


def _asked(seen: Metered, value: T | None, why: Missing = NOT_ASKED) -> Reading[T]:
    """What the request says."""
    if value is not None:
        return Known(value, Source.PROXY)
    if seen.is_request_packed:
        return PACKED
    return why if seen.asked is not None else COMING


def _streamed(seen: Metered, asked: Asked | None) -> Reading[bool]:
    """As the reply says, once it has begun well; until then as was asked."""
    if seen.is_streamed and seen.failure is None:
        return Known(value=True, source=Source.PROXY)
    return _asked(seen, asked.streamed if asked and seen.asked else None)


def _finish(seen: Metered) -> Reading[Finish]:
    return _of_end(seen, seen.told.finish, NO_REASON if seen.rule.writes else NOT_WRITTEN)


def _agent(agent: bytes | None) -> Reading[str]:
    return Known(agent.decode("latin-1"), Source.PROXY) if agent else NO_AGENT


def _known(value: T | None, source: Source, why: Missing) -> Reading[T]:
    return why if value is None else Known(value, source)
