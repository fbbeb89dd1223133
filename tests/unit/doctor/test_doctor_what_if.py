"""What other settings cost, whether there is room, and the sentence that says so."""

from dataclasses import replace
from typing import Any

import frames
import pytest
from doctor_wishes import DENSE, GIB, TOKEN, UNSURE, described, loaded, look, subject
from frames import DENIED
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.doctor.what_if import what_if
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Reading, Source, value_or
from ollama_top.model.what_if import Fit, Memory, WhatIf
from ollama_top.ollama.replies import DescribedModel
from ollama_top.ollama.wishes import Wish

OLD = frames.server(version=Known("0.24.0", Source.API))
IN_RAM = {"vram_bytes": Known(0, Source.API), "size_bytes": Known(6 * GIB, Source.API)}


def ask(wish: Wish, snapshot: Snapshot | None = None, model: DescribedModel | None = None) -> WhatIf:
    seen = snapshot or look(loaded())
    return what_if(subject(model or described(), seen), wish, seen)


def card(free_gib: float) -> dict[str, Any]:
    return {"gpus": (frames.gpu(0, 24 - free_gib),)}


def more(found: WhatIf) -> tuple[Reading[int], Reading[int]]:
    return found.more_least_bytes, found.more_most_bytes


def test_more_requests_at_once_cost_a_cache_each() -> None:
    found = ask(Wish(parallel=16))
    assert isinstance(found.now, Known)
    assert (found.now.value.least_bytes, found.then.least_bytes) == (4 * 4096 * TOKEN, 16 * 4096 * TOKEN)
    assert found.then.slot_least_bytes == found.then.slot_most_bytes == 4096 * TOKEN
    assert {value_or(each, 0) for each in more(found)} == {12 * 4096 * TOKEN}
    assert (found.place, found.fit) == (Memory.VRAM, Fit.FITS)


@pytest.mark.parametrize(
    ("free_gib", "fit", "words"),
    [
        (9.1, Fit.FITS, "+6.0 GiB, free 9.1 GiB: it fits"),
        (7.1, Fit.FITS, "+6.0 GiB, free 7.1 GiB: it fits"),
        (
            *(6.9, Fit.DOES_NOT_FIT),
            "+6.0 GiB, free 6.9 GiB: layers would move to RAM (llama-server keeps 1.0 GiB free)",
        ),
        (5.9, Fit.DOES_NOT_FIT, "+6.0 GiB, free 5.9 GiB: layers would move to RAM"),
    ],
)
def test_it_fits_where_llama_server_can_keep_its_gibibyte(free_gib: float, fit: Fit, words: str) -> None:
    found = ask(Wish(parallel=16), look(loaded(), **card(free_gib)))
    assert (found.fit, found.kept_free_bytes) == (fit, GIB)
    assert found.sentence == f"NUM_PARALLEL 4 -> 16: {words}"


def test_older_runners_keep_nothing_free() -> None:
    found = ask(Wish(parallel=16), look(loaded(), server=OLD, **card(6.1)))
    assert (found.fit, found.kept_free_bytes) == (Fit.FITS, 0)
    assert isinstance(found.predicted_bytes, Missing)
    assert isinstance(found.evicts_others, Missing)


def test_what_saves_memory_fits_whatever_is_free() -> None:
    found = ask(Wish(kv_cache_type="q8_0"), look(loaded(), gpus=()))
    assert found.fit is Fit.FITS
    assert found.sentence == "KV_CACHE_TYPE f16 -> q8_0: -960 MiB: it fits"


def test_a_range_may_fit_in_part() -> None:
    found = ask(Wish(parallel=16, context_tokens=8192), look(loaded(), **card(8)), described(UNSURE))
    least, most = (value_or(each, 0) for each in more(found))
    assert least < 7 * GIB < most
    assert found.fit is Fit.MAY_FIT
    assert found.sentence == (
        "NUM_PARALLEL 4 -> 16, CONTEXT_LENGTH 4096 -> 8192: +2.0 GiB to +14.0 GiB, free 8.0 GiB:"
        " it may not fit (llama-server keeps 1.0 GiB free)"
    )


def test_layouts_are_compared_each_with_itself() -> None:
    found = ask(Wish(parallel=4), None, described(UNSURE))
    assert {value_or(each, 1) for each in more(found)} == {0}
    assert found.sentence.startswith("nothing changes: +0 MiB")


def test_a_model_that_is_not_loaded_costs_its_weights_too() -> None:
    found = ask(Wish(2, 4096), look(**card(9)))
    assert {value_or(each, 0) for each in more(found)} == {5 * GIB + 2 * 4096 * TOKEN}
    assert found.sentence == (
        "NUM_PARALLEL 2, CONTEXT_LENGTH 4096, KV_CACHE_TYPE f16: +6.0 GiB with its weights,"
        " free 9.0 GiB: it fits"
    )
    unknown = ask(Wish(2, 4096), look(), described(file_bytes=None))
    assert unknown.fit is Fit.UNKNOWN
    assert unknown.sentence.endswith("(the server does not tell how large the model's file is)")


def test_a_model_in_ram_is_measured_by_ram() -> None:
    found = ask(Wish(parallel=16), look(loaded(**IN_RAM), gpus=()))
    assert (found.place, found.fit, found.kept_free_bytes) == (Memory.RAM, Fit.FITS, 0)
    assert found.sentence == "NUM_PARALLEL 4 -> 16: +6.0 GiB, free RAM 50.7 GiB: it fits"
    assert isinstance(found.evicts_others, Missing)
    full = frames.host(memory_used_bytes=Known(int(60 * GIB), Source.HOST))
    assert ask(Wish(parallel=16), look(loaded(**IN_RAM), gpus=(), host=full)).sentence.endswith(
        "free RAM 2.8 GiB: it does not fit"
    )


def test_without_a_gpu_that_can_be_read_it_is_not_known() -> None:
    found = ask(Wish(parallel=16), look(loaded(), gpus=()))
    assert found.fit is Fit.UNKNOWN
    assert found.sentence == (
        "NUM_PARALLEL 4 -> 16: +6.0 GiB: whether it fits is not known (no GPU can be read on this machine)"
    )
    assert found.largest_parallel == found.free_bytes


def test_a_load_that_would_fail_is_said_to() -> None:
    found = ask(Wish(kv_cache_type="q4_0", has_flash_attention=False))
    assert found.fit is Fit.REFUSED
    assert found.sentence.startswith("KV_CACHE_TYPE f16 -> q4_0, FLASH_ATTENTION 0: ")
    assert found.sentence.endswith("the load would fail: a quantized V needs flash attention")
    assert isinstance(found.largest_parallel, Missing)


@pytest.mark.parametrize(("free_gib", "largest"), [(60, 16), (7, 16), (6.9, 15), (1.4, 4), (1.6, 5)])
def test_the_largest_parallel_that_fits(free_gib: float, largest: int) -> None:
    gpu = frames.gpu(0, 80 - free_gib, memory_total_bytes=Known(80 * GIB, Source.NVIDIA))
    found = ask(Wish(parallel=2), look(loaded(), gpus=(gpu,)))
    assert found.largest_parallel == Known(largest, Source.ESTIMATE)


def test_no_number_is_advised_where_none_fits_or_none_helps() -> None:
    full = ask(Wish(parallel=2, context_tokens=131_072), look(loaded(), **card(1.2)))
    assert isinstance(full.largest_parallel, Missing)
    assert full.largest_parallel.hint == "with this context not even one request at a time would fit"
    held = ask(Wish(parallel=2), None, described(family="qwen35"))
    assert isinstance(held.largest_parallel, Missing)
    assert held.largest_parallel.hint.startswith("Ollama serves this model one request at a time")


def test_ollamas_guess_may_unload_others_although_all_would_fit() -> None:
    short = replace(DENSE, layouts=((replace(DENSE.layouts[0][0], values=64, keys=64),) * 32,))
    neighbours = look(loaded(), frames.model("other"), **card(8))
    found = ask(Wish(parallel=16), neighbours, described(short))
    assert found.fit is Fit.FITS
    assert found.predicted_bytes == Known(5 * GIB + 16 * 4096 * TOKEN, Source.PREDICTED)
    assert found.evicts_others == Known(value=True, source=Source.PREDICTED)
    assert found.sentence.endswith("it fits, and Ollama would unload other models for it")
    alone = ask(Wish(parallel=16), look(loaded(), **card(8)), described(short))
    assert alone.evicts_others == Known(value=False, source=Source.PREDICTED)


def test_a_model_that_lies_in_ram_in_part_is_said_to() -> None:
    sizes = {"size_bytes": Known(6 * GIB, Source.API), "vram_bytes": Known(4 * GIB, Source.API)}
    assert ask(Wish(parallel=5), look(loaded(**sizes))).notes == ("2.0 GiB of the model lie in RAM already",)


def test_the_step_of_the_runner_is_taken_and_the_next_is_ollamas() -> None:
    sliding = replace(DENSE, window_tokens=512, layouts=((replace(DENSE.layouts[0][0], slides=True),),))
    token = 4 * 1024
    small = loaded(batch_tokens=Known(512, Source.ARGV))
    found = ask(Wish(parallel=2), look(small, **card(20)), described(sliding))
    assert isinstance(found.now, Known)
    assert found.now.value.least_bytes == 4 * 1024 * token  # a window of 512 and a step of 512
    assert found.then.least_bytes == found.then.most_bytes == 2 * 1536 * token  # a step of 1024 beyond 4096
    own = ask(Wish(parallel=2), look(loaded(), **card(20)), described(sliding, batch_tokens=256))
    assert own.then.most_bytes == 2 * 768 * token
    unread = ask(Wish(parallel=2), look(loaded(batch_tokens=DENIED), gpus=()), described(sliding))
    assert (unread.then.least_bytes, unread.then.most_bytes) == (2 * 1024 * token, 2 * 1536 * token)


def test_what_cannot_be_read_now_has_no_difference() -> None:
    found = ask(Wish(8, 4096), look(loaded(parallel=DENIED)))
    assert (found.now, *more(found)) == (DENIED, DENIED, DENIED)
    assert found.fit is Fit.UNKNOWN
    assert DENIED.hint in found.sentence


NUMBERS = st.integers(1, 256)
CONTEXTS = st.integers(1, 131_072)


@given(NUMBERS, NUMBERS, CONTEXTS, CONTEXTS, st.sampled_from(["f16", "q8_0", "q4_0"]), st.booleans())
def test_the_difference_is_what_it_will_be_less_what_it_is(
    before: int, after: int, short: int, long: int, kind: str, is_unsure: bool
) -> None:
    model = loaded(parallel=Known(before, Source.ARGV), context_tokens=Known(short, Source.API))
    found = ask(Wish(after, long, kind), look(model), described(UNSURE if is_unsure else DENSE))
    assert isinstance(found.now, Known)
    least, most = (value_or(each, 0) for each in more(found))
    now, then = found.now.value, found.then
    assert then.least_bytes - now.most_bytes <= least <= most <= then.most_bytes - now.least_bytes
    assert now.least_bytes <= now.most_bytes
    if not is_unsure:
        assert least == most == then.most_bytes - now.most_bytes
    back = ask(
        Wish(before, short, "f16"),
        look(
            loaded(
                parallel=Known(after, Source.ARGV),
                context_tokens=Known(long, Source.API),
                kv_cache_type=Known(kind, Source.ARGV),
            )
        ),
        described(),
    )
    if not is_unsure:
        assert value_or(back.more_most_bytes, 0) == -most


@given(NUMBERS, st.integers(0, 64))
def test_what_fits_goes_on_fitting_with_less(parallel: int, free_gib: int) -> None:
    gpu = frames.gpu(0, 80 - free_gib, memory_total_bytes=Known(80 * GIB, Source.NVIDIA))
    snapshot = look(loaded(), gpus=(gpu,))
    if ask(Wish(parallel=parallel), snapshot).fit is Fit.FITS:
        assert ask(Wish(parallel=max(1, parallel - 1)), snapshot).fit is Fit.FITS
