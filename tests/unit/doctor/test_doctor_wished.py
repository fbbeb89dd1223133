"""What would come of a wish: the terms of the next load, as Ollama would set them."""

from typing import Any

import frames
import pytest
from doctor_wishes import described, loaded, look, subject
from frames import DENIED

from ollama_top.doctor.wished import NOT_LOADED, NotToldError, Terms, Wished, wished
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.ollama.wishes import Wish

NOW = Terms(4, 4096, "f16")
OLD = frames.server(version=Known("0.24.0", Source.API))


def terms(wish: Wish, **shown: Any) -> Wished:
    return wished(subject(described(**shown), look(loaded())), wish)


def test_what_is_not_wished_stays_as_it_is() -> None:
    assert terms(Wish(parallel=16)) == Wished(Known(NOW, Source.ARGV), Terms(16, 4096, "f16"))
    assert terms(Wish(kv_cache_type="q8_0")).then == Terms(4, 4096, "q8_0")
    assert terms(Wish(context_tokens=8192)).then == Terms(4, 8192, "f16")


def test_a_model_that_is_not_loaded_needs_to_be_told_more() -> None:
    asked = subject(described(), look())
    with pytest.raises(
        NotToldError, match=r"give OLLAMA_CONTEXT_LENGTH=VALUE too: .*\(the model is not loaded\)"
    ):
        wished(asked, Wish(parallel=2))
    with pytest.raises(NotToldError, match="give OLLAMA_NUM_PARALLEL=VALUE too"):
        wished(asked, Wish(context_tokens=2))
    assert wished(asked, Wish(2, 4096)) == Wished(NOT_LOADED, Terms(2, 4096, "f16"))


@pytest.mark.parametrize("hidden", ["parallel", "context_tokens", "kv_cache_type"])
def test_what_cannot_be_read_now_is_missing_with_its_reason(hidden: str) -> None:
    model = loaded(**{hidden: DENIED})
    found = wished(subject(described(), look(model)), Wish(2, 8192, "q8_0"))
    assert found.now == DENIED
    assert found.then == Terms(2, 8192, "q8_0")


def test_only_the_model_of_the_name_counts_as_loaded() -> None:
    assert subject(described(), look(frames.model("other"))).loaded is None


def test_the_models_own_context_goes_before_the_setting() -> None:
    found = terms(Wish(context_tokens=8192), context_tokens=2048)
    assert found.then.context_tokens == 2048
    assert found.notes == ("the model's own num_ctx of 2048 goes before OLLAMA_CONTEXT_LENGTH",)
    assert terms(Wish(parallel=2), context_tokens=2048).notes == ()


def test_no_model_gets_more_context_than_it_was_trained_for() -> None:
    found = terms(Wish(context_tokens=1 << 20))
    assert found.then.context_tokens == 131_072
    assert found.notes == ("the model was trained for 131072 tokens, and gets no longer context",)


def test_a_family_that_is_held_at_one_stays_there() -> None:
    found = terms(Wish(parallel=8), family="qwen35moe")
    assert found.then.parallel == 1
    assert found.notes == ("Ollama holds the family qwen35moe at one, whatever is set",)
    assert terms(Wish(parallel=1), family="qwen35moe").notes == ()
    assert terms(Wish(parallel=8), capabilities=("embedding",)).then.parallel == 1


def test_a_quantized_v_without_flash_attention_is_refused() -> None:
    found = terms(Wish(kv_cache_type="q8_0", has_flash_attention=False))
    assert found.refusal == "a quantized V needs flash attention"
    assert terms(Wish(kv_cache_type="bf16", has_flash_attention=False)).refusal is None
    assert terms(Wish(kv_cache_type="q8_0")).refusal is None


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        (Wish(kv_cache_type="q8_0"), "q8_0"),
        (Wish(kv_cache_type="q5_1"), "f16"),
        (Wish(kv_cache_type="q8_0", has_flash_attention=False), "f16"),
    ],
)
def test_before_0_30_a_type_that_is_not_taken_becomes_f16(wish: Wish, kind: str) -> None:
    found = wished(subject(described(), look(loaded(), server=OLD)), wish)
    assert (found.then.kv_cache_type, found.refusal) == (kind, None)
    assert bool(found.notes) is (kind == "f16")


def test_a_version_that_is_not_known_counts_as_the_newest() -> None:
    unknown: Missing = DENIED
    assert subject(described(), look(server=frames.server(version=unknown))).has_llama_server
    assert not subject(described(), look(server=OLD)).has_llama_server
