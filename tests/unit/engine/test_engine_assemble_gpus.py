"""Who holds the memory of each card, and what part of each card a model holds."""

from dataclasses import replace
from typing import Any

import frames
from engine_samples import (
    NAME,
    PID,
    api,
    go_runner,
    listed,
    reason,
    runner,
    samples,
    shown,
    snapshot,
    tree,
    value,
)

from ollama_top.engine.samples import Samples, Taken
from ollama_top.model.gpu import NO_MODEL, Gpu, Vendor
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus.look import GpuLook

UNTOLD = Missing(Why.UNSUPPORTED, "the driver does not tell")


def holding(index: int, *processes: tuple[int, float | Missing], used_gib: float = 20, **changes: Any) -> Gpu:
    """A card whose driver lists some processes: pid, and GiB held."""
    held = tuple(frames.held(pid, gib) for pid, gib in processes)
    return frames.gpu(index, used_gib, processes=Known(held, Source.NVIDIA), **changes)


def with_gpus(*gpus: Gpu, **changes: Any) -> Samples:
    return samples(gpus=(Taken(GpuLook(gpus), 10.0),), **changes)


def test_a_model_s_parts_of_two_cards() -> None:
    found = snapshot(with_gpus(holding(0, (PID, 9.5), (77, 1)), holding(1, (PID, 3))))
    shares = value(found.models[0].gpus)
    assert [(each.gpu, each.vendor, value(each.memory_bytes)) for each in shares] == [
        (0, Vendor.NVIDIA, int(9.5 * frames.GIB)),
        (1, Vendor.NVIDIA, 3 * frames.GIB),
    ]
    assert shares[0].uuid == found.gpus[0].uuid
    first, other = value(found.gpus[0].processes)
    assert first.model == Known(NAME, Source.API)
    assert other.model == NO_MODEL


def test_the_rest_of_the_memory_in_use_is_nobody_s() -> None:
    (gpu,) = snapshot(with_gpus(holding(0, (PID, 9.5), (77, 1), used_gib=12))).gpus
    assert gpu.memory_other_bytes == Known(int(1.5 * frames.GIB), Source.ESTIMATE)


def test_the_rest_is_never_below_nothing() -> None:
    (gpu,) = snapshot(with_gpus(holding(0, (PID, 9.5), used_gib=9))).gpus
    assert gpu.memory_other_bytes == Known(0, Source.ESTIMATE)


def test_the_rest_is_unknown_where_a_part_of_the_sum_is() -> None:
    for gpu in (
        holding(0, (PID, UNTOLD)),
        holding(0, (PID, 1), memory_used_bytes=UNTOLD),
        frames.gpu(0, processes=UNTOLD),
    ):
        assert snapshot(with_gpus(gpu)).gpus[0].memory_other_bytes == UNTOLD


def test_a_model_on_no_card_has_no_shares() -> None:
    assert value(snapshot(with_gpus(holding(0, (77, 1)))).models[0].gpus) == ()


def test_a_card_that_cannot_tell_is_a_share_that_is_missing_beside_known_ones() -> None:
    other = frames.gpu(0, vendor=Vendor.INTEL, processes=UNTOLD)
    both = value(snapshot(with_gpus(holding(0, (PID, 2)), other)).models[0].gpus)
    assert [each.memory_bytes for each in both] == [Known(2 * frames.GIB, Source.NVIDIA), UNTOLD]


def test_where_no_card_lists_it_and_one_cannot_tell_nothing_is_known() -> None:
    other = frames.gpu(0, vendor=Vendor.INTEL, processes=UNTOLD)
    assert snapshot(with_gpus(holding(0, (77, 1)), other)).models[0].gpus == UNTOLD


def test_a_list_that_is_not_whole_proves_no_absence() -> None:
    partial = holding(0, (77, 1), processes_note="processes of other users are hidden")
    missing = reason(snapshot(with_gpus(partial)).models[0].gpus)
    assert (missing.why, missing.hint) == (Why.DENIED, "processes of other users are hidden")


def test_a_driver_that_knows_no_amounts_still_tells_the_card() -> None:
    (share,) = value(snapshot(with_gpus(holding(0, (PID, UNTOLD)))).models[0].gpus)
    assert (share.gpu, share.memory_bytes) == (0, UNTOLD)


def test_without_cards_there_is_a_reason() -> None:
    assert reason(snapshot(samples()).models[0].gpus).why is Why.PENDING
    absent = samples(gpus=(Taken(GpuLook((), absent=True), 10.0),))
    assert reason(snapshot(absent).models[0].gpus).why is Why.ABSENT


def test_cards_of_all_vendors_are_shown_in_turn() -> None:
    looks = (
        Taken(GpuLook((frames.gpu(0), frames.gpu(1))), 10.0),
        Taken(GpuLook((frames.gpu(0, vendor=Vendor.AMD),)), 10.0),
    )
    found = snapshot(samples(gpus=looks)).gpus
    assert [(each.vendor.value, each.index) for each in found] == [("nvidia", 0), ("nvidia", 1), ("amd", 0)]
    assert len({each.identity for each in found}) == 3


def test_where_runners_cannot_be_seen_no_process_is_called_none_of_them() -> None:
    denied = Missing(Why.DENIED, "root only")
    hidden = snapshot(with_gpus(holding(0, (PID, 2)), tree=tree(server=denied)))
    (process,) = value(hidden.gpus[0].processes)
    assert process.model == denied
    assert hidden.models[0].gpus == denied


def test_a_remote_server_s_models_are_on_none_of_this_machine_s_cards() -> None:
    away = snapshot(with_gpus(holding(0, (PID, 2)), is_local=False, tree=None))
    assert reason(value(away.gpus[0].processes)[0].model).why is Why.NOT_LOCAL
    assert reason(away.models[0].gpus).why is Why.NOT_LOCAL


def test_a_model_being_loaded_holds_memory_already() -> None:
    """Its runner is there, and /api/ps does not list it yet."""
    loading = snapshot(with_gpus(holding(0, (PID, 2)), api=api(shows={NAME: shown()}), tree=tree(runner())))
    (process,) = value(loading.gpus[0].processes)
    assert process.model == Known(NAME, Source.API)
    assert value(loading.models[0].gpus)[0].gpu == 0


def test_runners_of_every_generation_are_joined_by_their_process() -> None:
    old = snapshot(with_gpus(holding(0, (PID, 2)), api=api(listed()), tree=tree(go_runner())))
    assert value(value(old.gpus[0].processes)[0].model) == NAME


def test_a_card_that_is_lost_keeps_its_place() -> None:
    lost = Missing(Why.FAILED, "This card is lost.")
    gone = replace(Gpu.untold(1, Vendor.NVIDIA, lost, problem=lost.hint), uuid=frames.gpu(1).uuid)
    found = snapshot(with_gpus(holding(0, (PID, 2)), gone))
    assert found.gpus[1].identity == frames.gpu(1).identity
    assert found.gpus[1].memory_other_bytes == lost
