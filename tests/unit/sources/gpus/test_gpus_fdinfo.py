"""What the kernel tells of an open graphics device, whatever stands in the file."""

from hypothesis import given
from hypothesis import strategies as st
from sysfs_tree import fdinfo

from ollama_top.sources.gpus.fdinfo import parse_fdinfo

PLACE = "0000:03:00.0"


def test_the_best_told_size_of_each_region_counts() -> None:
    client = parse_fdinfo(
        fdinfo(PLACE, 7, total_vram="8 MiB", memory_vram="6 MiB", resident_vram="4 MiB", memory_gtt="512")
    )
    assert client is not None
    assert dict(client.held_bytes) == {"vram": 4 << 20, "gtt": 512}
    assert client.memory_bytes(is_shared=False) == 4 << 20
    assert client.memory_bytes(is_shared=True) == (4 << 20) + 512
    assert client.memory_bytes(is_shared=None) == 4 << 20


def test_a_chip_without_memory_of_its_own_is_told_by_its_regions() -> None:
    client = parse_fdinfo(fdinfo(PLACE, 7, total_system0="4 MiB"))
    assert client is not None
    assert client.memory_bytes(is_shared=None) == 4 << 20
    assert client.memory_bytes(is_shared=False) == 0


def test_a_file_that_is_no_card_is_none() -> None:
    assert parse_fdinfo("pos:\t0\nflags:\t02\nmnt_id:\t15\n") is None
    assert parse_fdinfo("drm-driver:\tpanfrost\ndrm-client-id:\t1\n") is None  # on no PCI bus


LINES = st.one_of(
    st.text(max_size=30),
    st.builds(
        "drm-{}-{}:\t{}{}".format,
        st.sampled_from(["total", "memory", "resident", "engine"]),
        st.sampled_from(["vram", "vram0", "gtt", "system0", ""]),
        st.one_of(st.integers(-5, 2**70), st.text(max_size=5)),
        st.sampled_from(["", " KiB", " MiB", " ns", "KiB"]),
    ),
)


@given(st.lists(LINES))
def test_whatever_stands_there_no_size_is_negative_or_made_up(lines: list[str]) -> None:
    client = parse_fdinfo("\n".join([fdinfo(PLACE, 7), *lines]))
    assert client is None or all(amount >= 0 for amount in client.held_bytes.values())
    assert parse_fdinfo(fdinfo(PLACE, 7)) is not None
