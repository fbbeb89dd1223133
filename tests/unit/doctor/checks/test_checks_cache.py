"""The check of the K/V cache's type, and of values that are read as they stand."""

import frames
import pytest
from checks_asked import ask, changes_of

from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.setting import SettingStatus

N = "OLLAMA_NUM_PARALLEL"


def test_a_cache_that_is_not_what_was_asked_for() -> None:
    asked = frames.setting("OLLAMA_KV_CACHE_TYPE", "q8_0")
    models = (frames.model(kv_cache_type=Known("f16", Source.LOG)),)
    (found,) = ask("kv-cache-type-ignored", settings=(asked,), models=models)
    assert changes_of(found) == {"OLLAMA_FLASH_ATTENTION": "1"}


def test_a_cache_that_an_older_server_leaves_out() -> None:
    """As seen on a real 0.24.0, whose log warns of it, and whose runner is not told any type."""
    settings = (
        frames.setting("OLLAMA_KV_CACHE_TYPE", "q8_0"),
        frames.setting("OLLAMA_FLASH_ATTENTION", "false"),
    )
    server = frames.server(version=Known("0.24.0", Source.API))
    (found,) = ask("kv-cache-type-ignored", settings=settings, server=server, models=(frames.model(),))
    assert found.title.startswith("OLLAMA_KV_CACHE_TYPE=q8_0 has no effect")


def test_a_cache_that_keeps_models_from_loading() -> None:
    """As seen on a real 0.33.0: its runner ends at once, so that no model is there to be looked at."""
    off = frames.setting("OLLAMA_FLASH_ATTENTION", "0")
    (found,) = ask("kv-cache-type-ignored", settings=(frames.setting("OLLAMA_KV_CACHE_TYPE", "Q8_0"), off))
    assert found.title.startswith("models do not load: a K/V cache of q8_0 needs flash attention")
    assert changes_of(found) == {"OLLAMA_FLASH_ATTENTION": "1"}


@pytest.mark.parametrize(
    ("kind", "attention", "version"),
    [("f16", "0", "0.33.0"), ("q8_0", "1", "0.33.0"), ("q9", "0", "0.33.0")],
)
def test_a_cache_that_keeps_none_out(kind: str, attention: str, version: str) -> None:
    settings = (
        frames.setting("OLLAMA_KV_CACHE_TYPE", kind),
        frames.setting("OLLAMA_FLASH_ATTENTION", attention),
    )
    server = frames.server(version=Known(version, Source.API))
    assert ask("kv-cache-type-ignored", settings=settings, server=server) == []


def test_what_a_value_that_is_read_as_it_stands_comes_to() -> None:
    """As seen on a real 0.33.0: 0 is taken for 1, and with 300 no model loads."""
    (found,) = ask("invalid-value", settings=(frames.setting(N, "0", "0", SettingStatus.IGNORED),))
    assert found.title.endswith(
        "does not mean what it seems to: 0 does not mean automatic any more: it counts as 1"
    )
    large = frames.setting("OLLAMA_KV_CACHE_TYPE", "Q8_0", "Q8_0", SettingStatus.SET)
    assert ask("invalid-value", settings=(large,)) == []


@pytest.mark.parametrize(
    "held", [Known("q8_0", Source.ARGV), Known("f16", Source.PREDICTED), Missing(Why.DENIED, "-")]
)
def test_a_cache_that_is_or_is_not_known(held: Known[str] | Missing) -> None:
    asked = frames.setting("OLLAMA_KV_CACHE_TYPE", "q8_0")
    assert ask("kv-cache-type-ignored", settings=(asked,), models=(frames.model(kv_cache_type=held),)) == []
