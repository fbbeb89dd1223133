"""What the server's API answers, as values: /api/version, /api/ps, /api/tags, /api/show.

Unknown fields are ignored and missing ones are None: versions differ in what they tell.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.installed import InstalledModel
from ollama_top.model.reading import Missing, Why
from ollama_top.ollama import jsonic
from ollama_top.ollama.architecture import Architecture, UnknownShapeError, parse_architecture
from ollama_top.ollama.model_keys import WithheldError

FROM_BLOB = re.compile(r"^FROM[ \t]+(\S.*)$", re.MULTILINE)
PARAMETER = re.compile(r"^(num_ctx|num_batch)[ \t]+(\d{1,9})[ \t]*$", re.MULTILINE)
NOT_TOLD = Missing(Why.UNSUPPORTED, "the model tells no architecture")


@dataclass(frozen=True, slots=True)
class PsModel:
    """A model of /api/ps: in memory by the server's account."""

    name: str
    digest: str | None  # of the manifest, not of the weights
    family: str | None
    parameter_size: str | None
    quantization: str | None
    size_bytes: int | None
    vram_bytes: int | None
    context_tokens: int | None  # since 0.10.0; of one request
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ShownModel:
    """What /api/show adds: the path of the weights, which joins a model to its runner, and its shape."""

    blob_path: str | None
    family: str | None
    capabilities: tuple[str, ...] | None  # since 0.6.4
    architecture: Architecture | Missing = NOT_TOLD  # pending: to be had by asking for everything
    context_tokens: int | None = None  # its own num_ctx, which goes before the server's setting
    batch_tokens: int | None = None  # its own num_batch
    trained_tokens: int | None = None  # the longest context it was made for; since 0.1.45


@dataclass(frozen=True, slots=True)
class DescribedModel:
    """An installed model with all that is told of it."""

    name: str
    file_bytes: int | None
    shown: ShownModel


def parse_version(body: bytes) -> str:
    """The version that /api/version answers; raises BadReplyError."""
    version = jsonic.text(jsonic.parse_object(body), "version")
    if version is None:
        raise jsonic.BadReplyError("answered no version: this may not be Ollama")
    return version


def parse_ps(body: bytes) -> tuple[PsModel, ...]:
    """The models that /api/ps answers, in its order; raises BadReplyError."""
    return tuple(_ps_model(each, name) for each, name in _named(jsonic.parse_object(body)))


def left_out(body: bytes) -> int:
    """How many entries of /api/ps cannot be shown, since they have no name; raises BadReplyError."""
    reply = jsonic.parse_object(body)
    return len(reply.get("models") or ()) - len(_named(reply))


def parse_tags(body: bytes) -> tuple[InstalledModel, ...]:
    """The models that /api/tags answers; raises BadReplyError."""
    return tuple(
        InstalledModel(
            name,
            jsonic.text(each, "digest"),
            jsonic.text(jsonic.member(each, "details"), "family"),
            jsonic.count(each, "size"),
            jsonic.text(each, "remote_model") is not None,
        )
        for each, name in _named(jsonic.parse_object(body))
    )


def parse_show(body: bytes) -> ShownModel:
    """What /api/show answers; raises BadReplyError."""
    reply = jsonic.parse_object(body)
    blob = FROM_BLOB.search(jsonic.text(reply, "modelfile") or "")
    capabilities = jsonic.texts(reply, "capabilities") if "capabilities" in reply else None
    own = {name: int(value) for name, value in PARAMETER.findall(jsonic.text(reply, "parameters") or "")}
    return ShownModel(
        (blob[1].strip().strip('"') or None) if blob else None,
        jsonic.text(jsonic.member(reply, "details"), "family"),
        capabilities,
        _architecture(jsonic.member(reply, "model_info"), capabilities),
        own.get("num_ctx"),
        own.get("num_batch"),
        _trained_tokens(jsonic.member(reply, "model_info")),
    )


def parse_error(body: bytes) -> str | None:
    """The server's own words in an error reply; None when there are none."""
    try:
        return jsonic.text(jsonic.parse_object(body), "error")
    except jsonic.BadReplyError:
        return None


def _trained_tokens(info: jsonic.Object) -> int | None:
    architecture = jsonic.text(info, "general.architecture")
    return jsonic.count(info, f"{architecture}.context_length") if architecture else None


def _architecture(info: jsonic.Object, capabilities: tuple[str, ...] | None) -> Architecture | Missing:
    try:
        return parse_architecture(info, capabilities)
    except WithheldError as error:
        return Missing(Why.PENDING, f"{error} is told only to who asks for everything")
    except UnknownShapeError as error:
        return Missing(Why.UNSUPPORTED, str(error))


def _named(reply: jsonic.Object) -> list[tuple[jsonic.Object, str]]:
    """The models of a reply with their names; entries without one cannot be shown or acted on."""
    models = jsonic.listed(reply, "models")
    named = [(each, jsonic.text(each, "name") or jsonic.text(each, "model")) for each in models]
    return [(each, name) for each, name in named if name is not None]


def _ps_model(of: jsonic.Object, name: str) -> PsModel:
    details = jsonic.member(of, "details")
    return PsModel(
        name=name,
        digest=jsonic.text(of, "digest"),
        family=jsonic.text(details, "family"),
        parameter_size=jsonic.text(details, "parameter_size"),
        quantization=jsonic.text(details, "quantization_level"),
        size_bytes=jsonic.count(of, "size"),
        vram_bytes=jsonic.count(of, "size_vram"),
        context_tokens=jsonic.count(of, "context_length"),
        expires_at=jsonic.moment(of, "expires_at"),
    )
