"""A value is known or missing, and nothing in between."""

import pytest

from ollama_top.model.reading import (
    Known,
    Missing,
    Source,
    Why,
    known_or_missing,
    map_known,
    value_or,
)

MISSING = Missing(Why.DENIED, "not for you")


def test_a_known_value_is_taken_and_a_missing_one_replaced() -> None:
    assert value_or(Known(3, Source.API), 7) == 3
    assert value_or(MISSING, 7) == 7


@pytest.mark.parametrize("falsy", [0, "", 0.0, False])
def test_a_value_that_is_read_as_nothing_is_known_all_the_same(falsy: object) -> None:
    assert value_or(Known(falsy, Source.API), "default") == falsy
    assert known_or_missing(falsy, Source.API, "hint") == Known(falsy, Source.API)
    assert map_known(Known(falsy, Source.API), str) == Known(str(falsy), Source.API)


def test_a_change_keeps_the_source_and_leaves_what_is_missing() -> None:
    assert map_known(Known(3, Source.LOG), lambda value: value + 1) == Known(4, Source.LOG)
    assert map_known(MISSING, lambda value: value + 1) is MISSING


def test_what_an_answer_lacks_is_unsupported_there() -> None:
    assert known_or_missing(None, Source.API, "hint") == Missing(Why.UNSUPPORTED, "hint")
