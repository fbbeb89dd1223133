"""The limits of a process, by the kernel's own text."""

import resource
from os import getpid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources import limits
from ollama_top.sources.limits import UNLIMITED, UNTOLD, Limits

LINUX_6 = """\
Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max processes             96365                96365                processes 
Max open files            1024                 524288               files     
Max locked memory         8388608              unlimited            bytes     
Max nice priority         0                    0                    
"""  # noqa: W291 - as the kernel writes it


def test_the_kernels_text() -> None:
    assert limits.parse(LINUX_6) == Limits(
        Known(1024, Source.PROCESSES), Known(524288, Source.PROCESSES), Known(8388608, Source.PROCESSES)
    )


def test_no_limit_is_no_number() -> None:
    text = LINUX_6.replace("1024  ", "unlimited").replace("8388608", "unlimited")
    assert limits.parse(text) == Limits(UNLIMITED, Known(524288, Source.PROCESSES), UNLIMITED)


@given(st.text() | st.sampled_from(LINUX_6.splitlines()).map(lambda line: line[:40]))
def test_any_other_text_tells_nothing(text: str) -> None:
    assert limits.parse(text) == Limits(UNTOLD, UNTOLD, UNTOLD)


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="needs Linux's /proc")
def test_the_limits_of_this_process() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = limits.read(getpid())
    assert found.open_files == Known(soft, Source.PROCESSES)
    assert found.open_files_hard == (Known(hard, Source.PROCESSES) if hard >= 0 else UNLIMITED)


def test_a_process_that_is_gone_tells_nothing() -> None:
    assert isinstance(UNTOLD, Missing)
    assert UNTOLD.why is Why.UNSUPPORTED
    assert limits.read(2**22 + 1) == Limits()
