"""An exchange through the proxy goes into JSON and comes back as it was."""

import json
from typing import Any, get_args, get_type_hints

import pytest
from anything import values
from exchanges import proxy
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.decoded import BadDocumentError, decode
from ollama_top.model.encoded import Reasons, encode
from ollama_top.model.exchange import Exchange, Transfer
from ollama_top.model.fact import DOC, SOURCED, published
from ollama_top.model.feed_event import event_of
from ollama_top.model.proxy import Proxy
from ollama_top.model.reading import Missing


def through_json(value: Any) -> tuple[Any, Reasons]:
    missing: Reasons = {}
    return json.loads(json.dumps([encode(value, "", missing), missing]))


@pytest.mark.parametrize("kind", [Exchange, Proxy, Transfer])
@given(data=st.data())
def test_what_is_encoded_comes_back(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(values(kind))
    document, missing = through_json(value)
    assert decode(kind, document, missing) == value


@pytest.mark.parametrize("kind", [Exchange, Proxy])
def test_every_reading_is_declared_with_its_source(kind: type[Any]) -> None:
    """Or it could not come back."""
    hints = get_type_hints(kind)
    for field in published(kind):
        assert field.metadata[SOURCED] == (Missing in get_args(hints[field.name])), field.name
        assert field.metadata[DOC].endswith(".")


@given(
    exchange=values(Exchange),
    spoiled=st.sampled_from([each.name for each in published(Exchange)]),
    junk=st.one_of(st.lists(st.integers()), st.just({}), st.just(object.__name__ * 2)),
)
def test_what_does_not_fit_is_refused_or_another_text(exchange: Exchange, spoiled: str, junk: Any) -> None:
    document, missing = through_json(exchange)
    document[spoiled] = junk
    try:
        found = decode(Exchange, document, missing)
    except BadDocumentError:
        return
    value = getattr(found, spoiled)
    assert isinstance(getattr(value, "value", value), str) or value == getattr(exchange, spoiled)


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_what_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(BadDocumentError, match="no object at the top"):
        decode(Proxy, document, {})


def test_a_truth_value_is_no_number() -> None:
    with pytest.raises(BadDocumentError, match="no int at /done_bytes"):
        decode(Transfer, {"status": "", "done_bytes": True, "total_bytes": None}, {})


def test_a_time_without_a_zone_is_refused() -> None:
    document = encode(proxy(), "", {})
    with pytest.raises(BadDocumentError):
        decode(Proxy, {**document, "started_at": "2026-03-14T15:09:26"}, {})


def test_a_number_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadDocumentError):
        event_of(b'{"event": "moved", "moved": [[1, NaN, 2]]}')
