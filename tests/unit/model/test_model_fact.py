"""What is declared once can be listed, and a model is deeply frozen."""

from dataclasses import FrozenInstanceError, dataclass, fields, is_dataclass
from typing import Any, get_type_hints

import frames
import pytest

from ollama_top.model.fact import DOC, SOURCED, fact, published
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.what_if import CacheUse, WhatIf


def nested(kind: Any) -> set[type]:
    """Every dataclass within a type, itself included."""
    found = {kind} if isinstance(kind, type) and is_dataclass(kind) else set()
    inner = get_type_hints(kind).values() if found else getattr(kind, "__args__", ())
    return found.union(*(nested(each) for each in inner))


MODELS = sorted((each for each in nested(Snapshot) if each.__name__ not in {"Known", "Missing"}), key=str)


@dataclass(frozen=True, slots=True)
class Pond:
    depth_m: float = fact("How deep it is.", sourced=True)
    keeper: str = "nobody"


def test_only_facts_are_published_with_what_was_said_of_them() -> None:
    (only,) = published(Pond)
    assert (only.name, only.metadata[DOC], only.metadata[SOURCED]) == ("depth_m", "How deep it is.", True)


def test_the_models_are_found() -> None:
    names = {each.__name__ for each in MODELS}
    assert names == {
        *("Snapshot", "Server", "Queue", "LoadedModel", "GpuShare", "Slot", "Request"),
        *("Gpu", "GpuProcess", "MigDevice", "Host", "Light", "Process", "Variable", "Event", "Finished"),
        *("Proxy", "SilentProxy", "Exchange", "Transfer", "Served", "Spread", "SnapSetting"),
        *("Service", "Configuration", "Assignment", "Place", "Rejected", "Unread", "Setting", "KeptBurst"),
    }


@pytest.mark.parametrize("kind", [*MODELS, CacheUse, WhatIf])
def test_every_field_of_a_snapshot_is_published_with_a_sentence(kind: type) -> None:
    assert [each.name for each in published(kind)] == [each.name for each in fields(kind)]
    assert all(each.metadata[DOC].endswith(".") for each in published(kind))


@pytest.mark.parametrize("kind", [*MODELS, Frame, CacheUse, WhatIf])
def test_every_model_is_frozen_and_slotted(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)


def test_a_frame_cannot_be_changed_at_any_depth() -> None:
    frame = frames.frame(models=(frames.model(),))
    hash((frame.snapshot, frame.verdict, frame.history))
    with pytest.raises(FrozenInstanceError):
        frame.snapshot.models[0].name.value = "other"
