"""What one look must remember for the next. Frozen, like everything that is handed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ollama_top.doctor.examine import Since
from ollama_top.engine.activity import Activity
from ollama_top.engine.changes import Changes
from ollama_top.engine.comings import Comings
from ollama_top.engine.doubts import Doubts
from ollama_top.engine.expiry import Expiries
from ollama_top.engine.ledger import Ledger
from ollama_top.model.history import History
from ollama_top.model.hour import Hour


@dataclass(frozen=True, slots=True)
class State:
    """The engine's memory between two looks."""

    traffic_at_s: float = 0.0  # of the traffic that the next two were worked out from
    ledger: Ledger = field(default_factory=Ledger)  # the API's connections
    doubts: Doubts = field(default_factory=Doubts)  # about them
    activities: Mapping[int, Activity] = field(default_factory=dict)  # by the runner's process
    expiries: Expiries = field(default_factory=Expiries)
    comings: Comings = field(default_factory=Comings)
    changes: Changes = field(default_factory=Changes)
    history: History = field(default_factory=History)
    hour: Hour = field(default_factory=Hour)
    found_since: Since = field(default_factory=dict)  # by the checks, at the last look
