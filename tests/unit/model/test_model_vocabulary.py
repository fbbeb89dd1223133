"""Words know their meaning, and are still the words."""

import copy
import json
import pickle

import pytest

from ollama_top.model import light, loaded, queue, reading, request, slot, verdict
from ollama_top.model.vocabulary import Vocabulary

MODULES = (light, loaded, queue, reading, request, slot, verdict)
VOCABULARIES = Vocabulary.__subclasses__()


def test_every_closed_set_of_the_model_is_one() -> None:
    assert {each.__module__ for each in VOCABULARIES} >= {module.__name__ for module in MODULES}


@pytest.mark.parametrize("words", VOCABULARIES)
def test_every_word_tells_its_meaning_and_no_two_the_same(words: type[Vocabulary]) -> None:
    meanings = [each.doc for each in words]
    assert all(meanings)
    assert len(set(meanings)) == len(meanings)


def test_a_word_is_its_text_in_every_disguise() -> None:
    word = light.LightState.OK
    assert f"{word}" == str(word) == word.value == "ok"
    assert json.dumps(word) == '"ok"'
    assert light.LightState("ok") is word
    assert copy.deepcopy(word) is word
    assert pickle.loads(pickle.dumps(word)) is word  # noqa: S301 - of our own making


def test_an_unknown_word_is_none_of_them() -> None:
    with pytest.raises(ValueError, match="'answered at the last look'"):
        light.LightState("answered at the last look")
