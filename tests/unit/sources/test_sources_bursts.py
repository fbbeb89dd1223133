"""Kept bursts as a source: read when they change, and a reason when they cannot be."""

import platform

import bursts
import pytest

from ollama_top.config.kept_results import burst_file
from ollama_top.sources.bursts import SHOWN, KeptBursts

SERVER = "http://127.0.0.1:11434"


def test_the_newest_are_read_anew_when_there_are_more() -> None:
    source, file = KeptBursts(SERVER), burst_file(SERVER, platform.node())
    assert source.look() == ()
    file.add(bursts.kept())
    assert source.look() == (bursts.kept(),)
    assert source.look() is source.look()
    for _ in range(SHOWN):
        file.add(bursts.kept())
    assert len(source.look()) == SHOWN


def test_a_file_that_cannot_be_used_is_a_reason() -> None:
    file = burst_file(SERVER, platform.node())
    file.path.parent.mkdir(parents=True)
    file.path.write_text("{")
    with pytest.raises(OSError, match="it is no JSON"):
        KeptBursts(SERVER).look()
