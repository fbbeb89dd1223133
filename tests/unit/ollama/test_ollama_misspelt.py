"""Names that no version reads: which variable was meant, and where none can be told."""

import pytest

from ollama_top.ollama.misspelt import meant_by
from ollama_top.ollama.variables import DECLARED

N = "OLLAMA_NUM_PARALLEL"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OLLAMA_NUM_PARALELL", N),
        ("OLLAMA_NUM_PARALLELS", N),
        ("OLLAMA_PARALLEL", N),
        ("OLLAMA_MAX_LOADED_MODEL", "OLLAMA_MAX_LOADED_MODELS"),
        ("OLLAMA_KEEPALIVE", "OLLAMA_KEEP_ALIVE"),
        ("OLLAMA_FLASH_ATTN", "OLLAMA_FLASH_ATTENTION"),
        ("OLLAMA_ORIGIN", "OLLAMA_ORIGINS"),
    ],
)
def test_a_name_that_is_close_to_one(name: str, meant: str) -> None:
    assert meant_by(name) == meant


@pytest.mark.parametrize(
    "name",
    [
        "OLLAMA_MODEL",  # what clients call the model that they use
        "OLLAMA_BASE_URL",
        "OLLAMA_API_BASE",
        "OLLAMA_NUM_CTX",
        "OLLAMA_NOHISTORY",
        "OLLAMA_EDITOR",
        "OLLAMA_",
        "NUM_PARALLEL",
        "LLAMA_ARG_CACHE_RAMS",  # llama-server reads more than is declared
        "",
    ],
)
def test_a_name_that_may_be_meant_for_somebody_else(name: str) -> None:
    assert meant_by(name) is None


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_name_is_spelt_right(name: str) -> None:
    assert meant_by(name) is None
