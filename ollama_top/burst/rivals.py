"""Other servers to compare with: how they are named, and which key is meant for which. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ollama_top.burst.spec import CLOUD
from ollama_top.ollama import jsonic
from ollama_top.ollama.host import Target, parse_target

KEY_VARIABLE = "OLLAMA_TOP_AGAINST_KEY"
NAME = re.compile(r"[\w.-]{1,40}")
API = "/v1"
TOLD_NAMES = 8


@dataclass(frozen=True, slots=True)
class Rival:
    """A server that speaks OpenAI's dialect."""

    name: str
    target: Target


def parse_rival(text: str) -> Rival:
    """The server that URL or URL=name means; the URL with or without its /v1. Raises ValueError."""
    url, separator, name = text.partition("=")
    if "://" not in url:
        raise ValueError(f"{text!r} must begin with http:// or https://")
    if separator and not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: letters, digits, dots and dashes, 40 at the most")
    target = parse_target(url)
    target = Target(target.scheme, target.host, target.port, target.path.removesuffix(API))
    return Rival(name or f"{target.host}:{target.port}", target)


def key_of(rival: Rival, environment: Mapping[str, str]) -> str | None:
    """The key for a server: by its name, else the one for all; None where there is none."""
    own = re.sub(r"[^A-Z0-9]", "_", rival.name.upper())
    return environment.get(f"{KEY_VARIABLE}_{own}") or environment.get(KEY_VARIABLE) or None


def model_of(body: bytes, wished: str) -> str:
    """Of the models that /v1/models lists, the one of a name, else the only one; raises BadReplyError."""
    listed = jsonic.listed(jsonic.parse_object(body), "data")
    names = [name for each in listed if (name := jsonic.text(each, "id")) is not None]
    if not names:
        raise jsonic.BadReplyError("lists no model")
    if wished in names:
        return wished
    if len(names) > 1:
        told = ", ".join(names[:TOLD_NAMES])
        raise jsonic.BadReplyError(f"does not list {wished}, and of several none is taken: {told}")
    if names[0].endswith(CLOUD):
        raise jsonic.BadReplyError(f"lists {names[0]} alone, which runs on another server")
    return names[0]
