"""Courses, specs and bursts written by hand, and those of recorded servers."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import frames
from captured import Capture

from ollama_top.burst.analysis import Measured, analyse
from ollama_top.burst.course import Course, Statistics
from ollama_top.burst.events import Begun, Ended, Event, Moved, encode
from ollama_top.burst.spec import Spec
from ollama_top.model.burst import Burst, BurstOutcome, KeptBurst
from ollama_top.model.frame import Frame

MODEL = "gemma3:270m"
NS = 1e9


def spec(requests: int = 4, **changes: Any) -> Spec:
    plain = Spec(MODEL, requests, tokens=60, prompt_tokens=20, limit_s=60.0, salt=1)
    return replace(plain, **changes)


def course(number: int, start_s: float, end_s: float, **changes: Any) -> Course:
    """One that was sent at 0, served from start to end, and told so by the server."""
    told = Statistics(0.001, 0.1, end_s - start_s - 0.1, 9, 60)
    answered = BurstOutcome.ANSWERED
    plain = Course(number, 0.0, start_s + 0.1, end_s, 200, 60, told, answered)
    return replace(plain, **changes)


def waves(parallel: int, requests: int, each_s: float = 1.0) -> tuple[Course, ...]:
    """Requests that are served in waves of so many at once."""
    starts = [each_s * (at // parallel) for at in range(requests)]
    return tuple(course(at + 1, start, start + each_s) for at, start in enumerate(starts))


def recorded(server: str, name: str) -> tuple[Course, ...]:
    """The requests of a recorded burst."""
    return tuple(
        Course(
            number=each["i"] + 1,
            sent_s=each["sent"],
            first_s=each["chunks"][0],
            end_s=each["end"],
            status=each["status"],
            pieces=len(each["chunks"]) - 1,
            statistics=Statistics(
                each["final"]["load_duration"] / NS,
                each["final"]["prompt_eval_duration"] / NS,
                each["final"]["eval_duration"] / NS,
                each["final"]["prompt_eval_count"],
                each["final"]["eval_count"],
            ),
            outcome=BurstOutcome.ANSWERED,
        )
        for each in Capture(server).json(name)["requests"]
    )


def burst(
    courses: tuple[Course, ...], frame: Frame | None = None, alone: Course | None = None, **changes: Any
) -> Burst:
    """What these courses come to, on a server that stays as it is."""
    seen = frame or frames.frame()
    return analyse(spec(len(courses), **changes), Measured(frames.NOW, alone, courses), seen, seen)


def telling(*events: Event) -> tuple[str, ...]:
    """A command that tells these events, and then holds its tongue until it is ended."""
    script = "import sys, time; print(sys.argv[1], flush=True); time.sleep(60)"
    return sys.executable, "-c", script, "\n".join(map(encode, events))


def told(*, is_over: bool) -> Iterator[Event]:
    """What the process tells of eight at once, two of which are served at once; four were configured."""
    yield Begun(MODEL, 8, 60, is_demo=False, loads=True)
    loads = Statistics(0.8, 0.1, 1.1, 9, 60)
    alone = course(0, 0, 2, statistics=loads)
    courses = waves(2, 8, 1.6)
    going = tuple(
        each if (each.end_s or 0) < 4 else replace(each, end_s=None, outcome=None, statistics=None, pieces=21)
        for each in courses
    )
    waiting = tuple(replace(each, first_s=None, pieces=0) if each.number > 6 else each for each in going)
    yield Moved(6.4 if is_over else 4.2, (alone, *(courses if is_over else waiting)))
    if is_over:
        now = kept(requested=8, configured_parallel=4, effective_parallel=2, measured_parallel=2)
        before = kept(taken_at=frames.NOW - timedelta(days=3), measured_parallel=1, scaling=1.0)
        yield Ended(
            1, "4 configured, 2 measured: nothing that can be read tells why.", (), now, (before, now)
        )


def kept(**changes: Any) -> KeptBurst:
    """A long, undisturbed burst of eight at four at once on one card."""
    plain = KeptBurst(
        taken_at=frames.NOW,
        model=MODEL,
        version="0.33.0",
        context_tokens=4096,
        kv_cache_type="f16",
        gpus=("nvidia GPU-0",),
        vram_percent=100.0,
        requested=8,
        answered=8,
        answer_tokens=128,
        prompt_tokens=128,
        written_tokens=1024,
        took_s=12.0,
        configured_parallel=4,
        effective_parallel=4,
        measured_parallel=4,
        queue_p95_s=6.0,
        ttft_p95_s=6.1,
        alone_tokens_per_s=50.0,
        each_tokens_per_s=21.0,
        together_tokens_per_s=85.0,
        scaling=1.7,
        is_disturbed=False,
    )
    return replace(plain, **changes)
