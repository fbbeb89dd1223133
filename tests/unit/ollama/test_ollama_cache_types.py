"""What a number of each type takes, as ggml blocks them."""

import pytest

from ollama_top.ollama.cache_types import BLOCKS, is_quantized, row_bytes, split


@pytest.mark.parametrize(
    ("name", "bytes_of_1024"),
    [
        *(("f32", 4096), ("f16", 2048), ("bf16", 2048), ("q8_0", 1088), ("q5_1", 768)),
        *(("q5_0", 704), ("q4_1", 640), ("q4_0", 576), ("iq4_nl", 576)),
    ],
)
def test_what_a_row_takes(name: str, bytes_of_1024: int) -> None:
    assert row_bytes(name, 1024) == bytes_of_1024
    assert is_quantized(name) is (bytes_of_1024 < 2048)


def test_a_block_is_taken_whole_and_nothing_takes_nothing() -> None:
    assert row_bytes("q8_0", 33) == 2 * 34
    assert all(row_bytes(name, 0) == 0 for name in BLOCKS)


def test_a_type_that_is_none_is_an_error() -> None:
    with pytest.raises(KeyError):
        row_bytes("q2_k", 32)


def test_one_name_stands_for_both() -> None:
    assert split("q8_0") == ("q8_0", "q8_0")
    assert split("f16/q4_0") == ("f16", "q4_0")
