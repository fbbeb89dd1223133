"""What is kept of a burst, and how it compares with the last one alike."""

from dataclasses import replace
from datetime import timedelta

import frames
from bursts import MODEL, burst, kept, waves

from ollama_top.burst.analysis import Measured
from ollama_top.burst.keeping import compared, kept_of, last_alike
from ollama_top.model.reading import Known, Source

EARLIER = frames.NOW - timedelta(hours=1)


def test_the_settings_are_kept_beside_the_numbers() -> None:
    model = frames.model(MODEL, parallel=Known(2, Source.ARGV), context_tokens=Known(4096, Source.API))
    frame = frames.frame(models=(model,))
    courses = waves(2, 4)
    found = kept_of(burst(courses, frame), Measured(frames.NOW, None, courses), frame)
    assert (found.model, found.effective_parallel, found.measured_parallel) == (MODEL, 2, 2)
    assert (found.context_tokens, found.written_tokens) == (4096, 240)
    assert found.took_s == 2.0


def test_only_what_asked_the_same_is_compared() -> None:
    now = kept()
    before = (kept(taken_at=EARLIER, requested=4), kept(taken_at=EARLIER), now)
    assert last_alike(now, before) == before[1]
    assert last_alike(now, (now,)) is None
    assert compared(now, None) is None


def test_a_difference_is_told_with_the_settings_that_changed() -> None:
    last = kept(taken_at=EARLIER, together_tokens_per_s=50.0, effective_parallel=1, measured_parallel=1)
    told = compared(kept(together_tokens_per_s=85.0), last)
    assert told is not None
    assert told.endswith("(50.0 tokens/s together, 1 at once): 70% faster, under another effective parallel.")
    same = compared(kept(), replace(kept(), taken_at=EARLIER))
    assert same is not None
    assert same.endswith("as fast.")
