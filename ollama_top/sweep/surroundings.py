"""The environment of a server of our own: what is swept, and nothing else of Ollama's. Pure."""

from collections.abc import Mapping

from ollama_top.model.sweep import SweepSetting
from ollama_top.ollama.variables import PREFIXES

HOST, MODELS = "OLLAMA_HOST", "OLLAMA_MODELS"
NO_PRUNE, NO_CLOUD = "OLLAMA_NOPRUNE", "OLLAMA_NO_CLOUD"


def environment_of(
    inherited: Mapping[str, str], settings: tuple[SweepSetting, ...], address: str, models: str | None
) -> dict[str, str]:
    """What the server is started with; `models` is the folder of the models, None for Ollama's default.

    Without OLLAMA_NOPRUNE a server removes, when it starts, what a pull by another server has not finished;
    with OLLAMA_NO_CLOUD it asks no other server for anything.
    """
    kept = {name: value for name, value in inherited.items() if not name.startswith(PREFIXES)}
    own = {HOST: address, NO_PRUNE: "1", NO_CLOUD: "1"} | ({MODELS: models} if models else {})
    return kept | {each.name: each.value for each in settings if each.value is not None} | own
