"""What Ollama's app adds to the environment of the server that it starts. Pure.

Read in app/server/server.go and app/store of Ollama's source: the app passes on its own environment, and
its settings go before that. A setting that is left alone adds nothing.
"""

from collections.abc import Mapping
from typing import Any

from ollama_top.model.configuration import Configuration, Layer, Place, Rejected
from ollama_top.services.assigning import assigned

IN_APP = Place(Layer.APP, None)
SETS = ("OLLAMA_HOST", "OLLAMA_ORIGINS", "OLLAMA_MODELS", "OLLAMA_CONTEXT_LENGTH", "OLLAMA_NO_CLOUD")
"""The variables that its settings may set."""

CLOUD_KNOWN = "cloud_setting_migrated"  # a column that came with the app's word on the cloud, in 0.17
NO_CLOUD = ("1", "t", "T", "true", "TRUE", "True")


def added(
    settings: Mapping[str, Any], inherited: Mapping[str, str], usual_models: str | None, *, no_cloud: bool
) -> Configuration:
    """What the app's settings add to what it inherits.

    `usual_models` is Ollama's usual folder if it is there; the app names it where nobody names another.
    `no_cloud` is what the server's own file says of the cloud.
    """
    found = [
        *([("OLLAMA_HOST", "0.0.0.0")] if settings.get("expose") else []),  # noqa: S104 - told, not bound
        *([("OLLAMA_ORIGINS", "*")] if settings.get("browser") else []),
        *_models(settings, inherited, usual_models),
        *_context(settings),
        *_cloud(settings, inherited, no_cloud=no_cloud),
    ]
    return Configuration(tuple(assigned(name, value, IN_APP) for name, value in found))


def lost_models(settings: Mapping[str, Any]) -> tuple[Rejected, ...]:
    """A folder of models that is set and not there, which the app leaves out with a line in its log."""
    text = f"OLLAMA_MODELS={settings.get('models')}"
    return (Rejected(text, IN_APP, "the folder is not there, so the app takes the usual one"),)


def _models(
    settings: Mapping[str, Any], inherited: Mapping[str, str], usual: str | None
) -> list[tuple[str, str]]:
    own = settings.get("models")
    if own:
        return [("OLLAMA_MODELS", str(own))]
    return [("OLLAMA_MODELS", usual)] if usual and not inherited.get("OLLAMA_MODELS") else []


def _context(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    tokens = settings.get("context_length")
    return [("OLLAMA_CONTEXT_LENGTH", str(tokens))] if isinstance(tokens, int) and tokens > 0 else []


def _cloud(
    settings: Mapping[str, Any], inherited: Mapping[str, str], *, no_cloud: bool
) -> list[tuple[str, str]]:
    if CLOUD_KNOWN not in settings:
        return []
    is_off = no_cloud or inherited.get("OLLAMA_NO_CLOUD", "") in NO_CLOUD
    return [("OLLAMA_NO_CLOUD", "1" if is_off else "0")]
