"""A request and its reply as the proxy saw them pass.

Must never hold a word of a prompt or of an answer, nor a header that could be a secret.
"""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class Dialect(Vocabulary):
    """In whose words a request is put."""

    OLLAMA = "ollama", "Ollama's own"
    OPENAI = "openai", "those of OpenAI"
    ANTHROPIC = "anthropic", "those of Anthropic"


class Route(Vocabulary):
    """What a request asks for: the path of it, without what follows a question mark."""

    GENERATE = "/api/generate", "to go on from a prompt"
    CHAT = "/api/chat", "to answer in a chat"
    EMBED = "/api/embed", "vectors of texts"
    EMBEDDINGS = "/api/embeddings", "a vector of one text, as it was asked for before Ollama 0.3"
    PULL = "/api/pull", "to fetch a model from a registry"
    PUSH = "/api/push", "to send a model to a registry"
    CREATE = "/api/create", "to make a model out of files or another model"
    OPENAI_CHAT = "/v1/chat/completions", "to answer in a chat, in OpenAI's words"
    OPENAI_COMPLETIONS = "/v1/completions", "to go on from a prompt, in OpenAI's words"
    OPENAI_EMBEDDINGS = "/v1/embeddings", "vectors of texts, in OpenAI's words"
    OPENAI_RESPONSES = "/v1/responses", "to answer in a chat, in OpenAI's newer words"
    OPENAI_TRANSCRIPTIONS = "/v1/audio/transcriptions", "to write down what is spoken, in OpenAI's words"
    ANTHROPIC_MESSAGES = "/v1/messages", "to answer in a chat, in Anthropic's words"
    OTHER = "other", "anything else, such as a look at what is loaded; it is counted and not metered"


class Phase(Vocabulary):
    """How far an exchange is."""

    WAITING = (
        "waiting",
        "nothing of the answer has come; why, the proxy cannot see",
    )
    LOADING = "loading", "its model is being loaded; seen by who looks at the server beside the proxy"
    PREFILL = "prefill", "its prompt is being read; seen by who looks at the server beside the proxy"
    STREAMING = "streaming", "the answer is coming"
    DONE = "done", "answered"
    FAILED = "failed", "not answered, or not to the end"
    LEFT = "left", "the client was gone before the end"


class Failure(Vocabulary):
    """Why an exchange failed."""

    BUSY = "busy", "the server had too much to do: status 503"
    NOT_FOUND = "not_found", "there is no such model or path: status 404"
    REFUSED = "refused", "the client may not ask that: status 401 or 403"
    BAD_REQUEST = "bad_request", "the request was not as it should be: another status below 500"
    SERVER_ERROR = "server_error", "the server failed at it: another status from 500 on"
    FAILED_MIDWAY = "failed_midway", "the answer had begun, and ended with an error"
    TRUNCATED = "truncated", "the answer stopped without its end, though the reply was complete"
    ABORTED = "aborted", "the server cut the connection before the reply was complete"
    UPSTREAM_DOWN = "upstream_down", "the server could not be reached, and the proxy said so"
    UNREADABLE = "unreadable", "what passed could not be read on; whether it was answered is not known"


class Finish(Vocabulary):
    """Why an answer ended."""

    STOP = "stop", "the model was done"
    LENGTH = "length", "it came to the most tokens asked for, or its context was full"
    TOOL_CALLS = "tool_calls", "the model called tools"
    LOAD = "load", "nothing was asked but to load the model"
    UNLOAD = "unload", "nothing was asked but to unload the model"
    OTHER = "other", "another word of the server's"


ENDED = frozenset({Phase.DONE, Phase.FAILED, Phase.LEFT})
"""The phases after which nothing comes."""

MANAGEMENT = frozenset({Route.PULL, Route.PUSH, Route.CREATE})
"""What is metered and is no work of a model's."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """How far a pull, a push or the making of a model is, by its last line."""

    status: str = fact("What is being done, in the server's words.")
    done_bytes: int | None = fact("Bytes of the present layer that are there; null where none is moved.")
    total_bytes: int | None = fact("Bytes of the present layer; null where none is moved.")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request through the proxy, and what came of it.

    Times are taken where the proxy stands: `proxy` as a source. Those with the source `api` are the server's
    own, from the end of its reply.
    """

    id: int = fact("Number of the exchange, from 1; each proxy counts its own.")
    began_at: datetime = fact("When its first byte came in.")
    client_address: str = fact("Address and port that the client calls from.")
    upstream_address: Reading[str] = fact(
        "Address and port from which the proxy calls the server for it: by these the kernel's counters tell"
        " it from all others.",
        sourced=True,
    )
    client: Reading[str] = fact("Name of the client's process.", sourced=True)
    client_pid: Reading[int] = fact("Process of the client.", sourced=True)
    user_agent: Reading[str] = fact("What the client calls itself.", sourced=True)
    dialect: Dialect = fact("In whose words it is put.")
    route: Route = fact("What is asked for.")
    model: Reading[str] = fact("Model asked for, as the client wrote it.", sourced=True)
    streamed: Reading[bool] = fact("Whether the answer comes piece by piece.", sourced=True)
    num_ctx: Reading[int] = fact(
        "Context asked for; one unlike the last makes the server load the model anew.", sourced=True
    )
    keep_alive: Reading[str] = fact("How long the model shall stay afterwards, as written.", sourced=True)
    num_predict: Reading[int] = fact(
        "The most tokens to write, by whatever name; Ollama takes -1 for no end.", sourced=True
    )
    phase: Phase = fact("How far it is.")
    status: Reading[int] = fact("Status of the reply.", sourced=True)
    failure: Failure | None = fact("Why it failed; null where it did not.")
    finish: Reading[Finish] = fact("Why the answer ended.", sourced=True)
    queue_s: Reading[float] = fact(
        "How long it waited for a place in the runner: what is left of its time when the server's own for"
        " loading, reading and writing is taken away. The wait for a load is part of `load_s`. A little too"
        " long before Ollama 0.30, which leaves some of its work uncounted.",
        sourced=True,
    )
    load_s: Reading[float] = fact(
        "How long it waited for its model to be there, behind other loads too.", sourced=True
    )
    prefill_s: Reading[float] = fact("How long its prompt was read.", sourced=True)
    ttft_s: Reading[float] = fact(
        "From the first byte of the request to the first of the answer's content.", sourced=True
    )
    total_s: Reading[float] = fact(
        "From the first byte of the request to the last of the reply.", sourced=True
    )
    prompt_tokens: Reading[int] = fact("Length of the prompt.", sourced=True)
    output_tokens: Reading[int] = fact(
        "Tokens written. While they come, and where the reply does not tell, the pieces are counted:"
        " `estimate`.",
        sourced=True,
    )
    tokens_per_s: Reading[float] = fact(
        "Tokens written a second: by the server's time for writing, else from the first content to the last.",
        sourced=True,
    )
    request_bytes: int = fact("Bytes of the request's content so far.")
    reply_bytes: int = fact("Bytes of the reply's content so far.")
    transfer: Transfer | None = fact(
        "How far a pull, a push or the making of a model is; null before its first line, and for all else."
    )
