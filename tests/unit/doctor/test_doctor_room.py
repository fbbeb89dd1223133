"""What is free where a model lies."""

import frames
import pytest
from doctor_wishes import GIB, loaded, look
from frames import DENIED, NOT_LOCAL

from ollama_top.doctor import room
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.what_if import Memory


def test_a_model_lies_where_its_vram_says() -> None:
    gpus = (frames.gpu(),)
    assert room.place_of(loaded(), ()) is Memory.VRAM
    assert room.place_of(loaded(vram_bytes=Known(0, Source.API)), gpus) is Memory.RAM
    assert room.place_of(None, gpus) is Memory.VRAM
    assert room.place_of(None, ()) is Memory.RAM
    assert room.place_of(loaded(vram_bytes=DENIED), ()) is Memory.RAM


def test_what_is_free_on_all_cards_together() -> None:
    found = room.free_bytes(Memory.VRAM, look())
    assert found == Known(48 * GIB - int(14.1 * GIB) - 20 * GIB, Source.NVIDIA)


def test_what_is_free_in_ram() -> None:
    found = room.free_bytes(Memory.RAM, look())
    assert found == Known(int(62.8 * GIB) - int(12.1 * GIB), Source.HOST)


def test_free_memory_is_missing_where_it_is_not_to_be_seen() -> None:
    unread = Missing(Why.FAILED, "the driver hangs")
    cards = (frames.gpu(), frames.gpu(1, memory_used_bytes=unread))
    assert room.free_bytes(Memory.VRAM, look(gpus=cards)) == unread
    assert room.free_bytes(Memory.VRAM, look(gpus=())) == room.NO_GPU
    assert room.free_bytes(Memory.RAM, look(host=frames.host(memory_total_bytes=unread))) == unread


@pytest.mark.parametrize("place", Memory)
def test_the_memory_of_this_machine_is_not_that_of_another(place: Memory) -> None:
    assert room.free_bytes(place, look(server=frames.server(pid=NOT_LOCAL))) == NOT_LOCAL
    assert room.free_bytes(place, look(server=frames.server(pid=DENIED))) != DENIED


def test_what_the_model_holds_is_free_again_before_it_is_loaded_anew() -> None:
    model = loaded(size_bytes=Known(9, Source.API), vram_bytes=Known(7, Source.API))
    assert [room.held_bytes(model, place) for place in (Memory.VRAM, Memory.RAM)] == [7, 9]
    assert room.held_bytes(loaded(vram_bytes=DENIED), Memory.VRAM) == 0
    assert room.held_bytes(None, Memory.VRAM) == 0
