"""Blocks are found again, up to the first that is broken or cut off."""

import io
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.verdict import Severity
from ollama_top.record.blocks import LATEST_MS, MAGIC, Deflater, Index, Inflater, block, blocks


@dataclass(frozen=True)
class Written:
    line: bytes
    at_ms: int
    severity: Severity
    is_whole: bool


WRITTEN = st.lists(
    st.builds(
        Written,
        st.binary(max_size=200),
        st.integers(0, LATEST_MS - 1),
        st.sampled_from(Severity),
        st.booleans(),
    ),
    max_size=12,
)


def in_file(several: list[Written]) -> tuple[bytes, list[int]]:
    """A file of some blocks, and where each of them ends."""
    data, deflater, ends = MAGIC, Deflater(), []
    for each in several:
        deflater = Deflater() if each.is_whole else deflater
        data += block(deflater.content(each.line), each.at_ms, each.severity, is_whole=each.is_whole)
        ends.append(len(data))
    return data, ends


def facts(several: list[Written]) -> list[tuple[int, Severity, bool]]:
    return [(each.at_ms, each.severity, each.is_whole) for each in several]


def found(data: bytes) -> list[tuple[int, Severity, bool]]:
    return [(each.at_ms, each.severity, each.is_whole) for each in blocks(io.BytesIO(data))]


@given(WRITTEN)
def test_blocks_come_back(several: list[Written]) -> None:
    data, ends = in_file(several)
    assert found(data) == facts(several)
    assert [each.end for each in blocks(io.BytesIO(data))] == ends


@given(WRITTEN, st.data())
def test_a_file_that_is_cut_off_anywhere_has_the_blocks_before(
    several: list[Written], data: st.DataObject
) -> None:
    whole, ends = in_file(several)
    cut = data.draw(st.integers(len(MAGIC), len(whole)))
    assert found(whole[:cut]) == facts(several)[: sum(end <= cut for end in ends)]


@given(WRITTEN, st.data())
def test_a_flipped_bit_ends_what_is_read(several: list[Written], data: st.DataObject) -> None:
    whole, ends = in_file(several)
    if len(whole) == len(MAGIC):
        return
    at = data.draw(st.integers(len(MAGIC), len(whole) - 1))
    damaged = bytearray(whole)
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    assert found(bytes(damaged)) == facts(several)[: sum(end <= at for end in ends)]


@given(WRITTEN)
def test_lines_come_back_segment_by_segment(several: list[Written]) -> None:
    data, _ = in_file(several)
    index, inflater, lines = Index(io.BytesIO(data)), Inflater(), []
    for number in range(len(index)):
        inflater = Inflater() if number in index.segments else inflater
        begin, length = index.place(number)
        lines.append(inflater.line(data[begin : begin + length]))
    first = next((at for at, each in enumerate(several) if each.is_whole), len(several))
    assert lines == [each.line for each in several[first:]]


@given(st.binary(max_size=300))
def test_whatever_follows_the_magic_words_is_read_without_harm(garbage: bytes) -> None:
    assert Index(io.BytesIO(MAGIC + garbage)).end <= len(MAGIC) + len(garbage)
