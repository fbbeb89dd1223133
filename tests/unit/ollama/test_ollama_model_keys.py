"""The keys of a model's metadata: told, absent, and left out by the server."""

from typing import Any

import pytest

from ollama_top.ollama.model_keys import ModelKeys, WithheldError


def keys(**values: Any) -> ModelKeys:
    return ModelKeys({f"m.{name}": value for name, value in values.items()}, "m")


def test_a_number_and_what_is_none() -> None:
    found = keys(layers=18, name="x", part=1.5, less=-1, truth=True, listed=[1])
    assert found.number("layers") == 18
    assert [found.number(each) for each in ("name", "part", "less", "truth", "listed", "absent")] == [
        None
    ] * 6


def test_a_list_of_numbers_or_of_truth_values() -> None:
    assert keys(heads=[8, 0, 8]).numbers("heads") == (8, 0, 8)
    assert keys(pattern=[True, False]).numbers("pattern") == (1, 0)
    assert keys(heads=8).numbers("heads") is None
    assert keys(heads=["8"]).numbers("heads") is None
    assert keys().numbers("heads") is None


def test_a_list_that_was_left_out_is_not_an_absent_one() -> None:
    found = keys(heads=None)
    assert found.is_list("heads")
    assert found.has("heads")
    with pytest.raises(WithheldError, match=r"^m\.heads$"):
        found.numbers("heads")
    with pytest.raises(WithheldError):
        found.per_layer("heads", 2, default=0)


def test_each_layer_has_its_number() -> None:
    assert keys(heads=8).per_layer("heads", 3, default=1) == (8, 8, 8)
    assert keys(heads=[8, 4]).per_layer("heads", 3, default=1) == (8, 4, 1)
    assert keys(heads=[8, 4, 2, 1]).per_layer("heads", 3, default=1) == (8, 4, 2)
    assert keys().per_layer("heads", 3, default=1) == (1, 1, 1)
