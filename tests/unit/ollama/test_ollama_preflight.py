"""Ollama's own guesses before a load: cases of server/sched.go of 0.33, and batches of recorded runners."""

import shlex

import pytest
from caches import COMMAND
from captured import CAPTURES, NEWEST, Capture

from ollama_top.ollama.architecture import Architecture, parse_architecture
from ollama_top.ollama.argv import parse_runner
from ollama_top.ollama.kv_cache import CacheSettings
from ollama_top.ollama.preflight import batches_tokens, evicts, predicted_bytes

GIB = 1 << 30
GEMMA = parse_architecture(Capture(NEWEST).json("show")["model_info"], ("completion",))


def test_the_guess_is_the_file_and_f16_of_the_fewest_heads() -> None:
    shape = Architecture("llama", None, 0, ((),), 2 * 2 * 32 * 8 * 128)
    settings = CacheSettings(4, 8192, "q4_0")
    assert predicted_bytes(shape, 5 * GIB, settings) == 5 * GIB + 4 * GIB


def test_the_batches_of_every_recorded_llama_server() -> None:
    seen = set()
    for path in CAPTURES.glob("ollama-0.3*/*.server.log"):
        for started in COMMAND.finditer(path.read_text()):
            args = parse_runner(shlex.split(started[1]))
            if args and args.context_tokens and args.parallel:
                assert args.batch_tokens is not None
                seen.add(args.batch_tokens)
                (guess,) = batches_tokens(args.context_tokens * args.parallel, 0, 0)
                assert guess == args.batch_tokens
    assert seen == {512, 1024, 2048}


@pytest.mark.parametrize(
    ("context", "predicted", "available", "batch"),
    [
        (4096, 9 * GIB, 10 * GIB, 512),
        (4097, 7 * GIB, 10 * GIB, 1024),
        (4097, 8 * GIB, 10 * GIB, 512),  # beyond 75 %
        (32769, 6 * GIB, 10 * GIB, 2048),
        (32769, 7 * GIB, 10 * GIB, 1024),  # beyond 60 %
        (32769, 5 * GIB, 8 * GIB, 1024),  # 2 GiB more would be beyond 80 %
        (32769, 8 * GIB, 10 * GIB, 512),
        (32769, 99 * GIB, 0, 2048),  # no GPU to be short of
    ],
)
def test_a_step_is_as_long_as_the_context_wants_and_memory_allows(
    context: int, predicted: int, available: int, batch: int
) -> None:
    assert batches_tokens(context, predicted, available) == (batch,)


def test_a_step_that_hangs_on_memory_not_known_may_be_any() -> None:
    assert batches_tokens(32769, 0, None) == (2048, 1024, 512)
    assert batches_tokens(4097, 0, None) == (1024, 512)
    assert batches_tokens(4096, 0, None) == (512,)


def test_without_flash_attention_gpus_read_less_at_once() -> None:
    assert batches_tokens(32769, 0, 10 * GIB, has_flash_attention=False) == (512,)
    assert batches_tokens(32769, 0, 0, has_flash_attention=False) == (2048,)


def test_others_are_unloaded_beyond_four_fifths_with_the_surcharge_of_the_step() -> None:
    assert not evicts(8 * GIB, 512, 10 * GIB)
    assert evicts(8 * GIB + 1, 512, 10 * GIB)
    assert evicts(8 * GIB - (767 << 20), 1024, 10 * GIB)
    assert not evicts(8 * GIB - (768 << 20), 1024, 10 * GIB)
    assert not evicts(6 * GIB, 2048, 10 * GIB)
    assert evicts(6 * GIB + 1, 2048, 10 * GIB)
