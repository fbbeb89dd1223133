"""What a runner is told by its server in its environment, since a real command line holds no speeds. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ollama_top.demo.catalogue import Pace

VARIABLE = "OLLAMA_TOP_DEMO_RUNNER"


@dataclass(frozen=True, slots=True)
class RunnerOrders:
    """How a runner is to behave."""

    parallel: int
    context_tokens: int
    load_s: float
    is_embedding: bool
    embedding_length: int
    pace: Pace
    version: str = "0.33.0"

    def written(self) -> str:
        """As the value of VARIABLE."""
        return json.dumps(asdict(self))


def read_orders(environment: Mapping[str, str]) -> RunnerOrders:
    """The orders in an environment; raises KeyError when there are none."""
    document = json.loads(environment[VARIABLE])
    return RunnerOrders(**{**document, "pace": Pace(**document["pace"])})
