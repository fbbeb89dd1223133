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
    model: str | None = None  # the one to ask; None for the same as Ollama's, else the only one


def parse_rival(text: str) -> Rival:
    """The server that URL[=name][#model] means; the URL with or without its /v1. Raises ValueError."""
    whole, hash_sign, model = text.partition("#")
    url, separator, name = whole.partition("=")
    if "://" not in url:
        raise ValueError(f"{text!r} must begin with http:// or https://")
    if hash_sign and not model.strip():
        raise ValueError(f"{text!r} names no model behind its #")
    if separator and not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: letters, digits, dots and dashes, 40 at the most")
    target = parse_target(url)
    target = Target(target.scheme, target.host, target.port, target.path.removesuffix(API))
    return Rival(name or f"{target.host}:{target.port}", target, model.strip() or None)


def key_of(rival: Rival, environment: Mapping[str, str]) -> str | None:
    """The key for a server: by its name, else the one for all; None where there is none."""
    own = re.sub(r"[^A-Z0-9]", "_", rival.name.upper())
    return environment.get(f"{KEY_VARIABLE}_{own}") or environment.get(KEY_VARIABLE) or None


def model_of(body: bytes, wished: str, named: str | None = None) -> str:
    """Of the models that /v1/models lists, the one to ask; raises BadReplyError.

    That is the one that was named for this server; else the one that Ollama is asked for; else the only one.
    """
    listed = jsonic.listed(jsonic.parse_object(body), "data")
    names = [name for each in listed if (name := jsonic.text(each, "id")) is not None]
    if not names:
        raise jsonic.BadReplyError("lists no model")
    told = ", ".join(names[:TOLD_NAMES])
    if named is not None and named not in names:
        raise jsonic.BadReplyError(f"does not list {named}, but {told}")
    if named is None and wished not in names and len(names) > 1:
        raise jsonic.BadReplyError(
            f"does not list {wished}, and of several none is taken (URL#model): {told}"
        )
    found = named or (wished if wished in names else names[0])
    if found.endswith(CLOUD):
        raise jsonic.BadReplyError(f"runs {found} on another server")
    return found
