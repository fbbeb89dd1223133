"""Starting and stopping a proxy: asked with what it costs, done when its feed is seen, or is gone."""

from dataclasses import replace

import frames
import pytest
from control_doings import later, taken
from exchanges import LISTEN, proxy

from ollama_top.control.follow import can_end, outcome, said
from ollama_top.control.proxy import START_LIMIT_S, STOP_LIMIT_S, stoppable, to_start, to_stop
from ollama_top.model.action import StartProxy, StopProxy
from ollama_top.model.frame import Frame
from ollama_top.model.proxy import SilentProxy
from ollama_top.model.verdict import Severity

WITHOUT = frames.frame()
URL = WITHOUT.snapshot.server.url
START, STOP = StartProxy(LISTEN, URL), StopProxy(LISTEN)


def with_proxy(frame: Frame = WITHOUT) -> Frame:
    return replace(frame, snapshot=replace(frame.snapshot, proxies=(proxy(),)))


def test_the_plan_of_a_start_says_that_it_goes_on() -> None:
    plan = to_start(WITHOUT)
    assert plan.action == START
    assert any("goes on when ollama-top ends" in each for each in plan.costs)
    assert any(URL in each for each in plan.costs)


@pytest.mark.parametrize(("running", "words"), [(0, "none is under way"), (3, "3 under way")])
def test_the_plan_of_a_stop_says_what_is_under_way(running: int, words: str) -> None:
    plan = to_stop(proxy(running=running))
    assert plan.action == STOP
    assert any(words in each for each in plan.costs)


def test_a_start_is_done_when_the_feed_is_seen() -> None:
    doing = taken(START, WITHOUT)
    assert outcome(doing, later(WITHOUT, 1)) is None
    found = outcome(doing, with_proxy())
    assert found is not None
    assert (found.severity, f"http://{LISTEN}" in found.text) == (Severity.OK, True)
    late = outcome(doing, later(WITHOUT, START_LIMIT_S + 1))
    assert late is not None
    assert late.severity is Severity.WARNING


def test_a_stop_is_done_when_the_feed_is_gone() -> None:
    doing = taken(STOP, with_proxy())
    assert outcome(doing, later(with_proxy(), 1)) is None
    assert "lets go what runs" in said(doing, with_proxy())
    assert not can_end(doing)
    found = outcome(doing, WITHOUT)
    assert found is not None
    assert found.severity is Severity.OK


def test_a_feed_that_is_only_silent_proves_no_stop() -> None:
    doing = taken(STOP, with_proxy())
    silent = (SilentProxy(LISTEN, "the proxy has closed it"),)
    unknown = replace(WITHOUT, snapshot=replace(WITHOUT.snapshot, silent_proxies=silent))
    assert outcome(doing, unknown) is None
    late = outcome(doing, later(unknown, STOP_LIMIT_S + 1))
    assert late is not None
    assert (late.severity, "nothing shows that it has" in late.text) == (Severity.WARNING, True)


def test_one_that_stops_is_neither_started_nor_stopped_again() -> None:
    stopping = replace(WITHOUT, snapshot=replace(WITHOUT.snapshot, proxies=(proxy(stopping=True),)))
    assert outcome(taken(START, WITHOUT), stopping) is None
    assert outcome(taken(STOP, with_proxy()), stopping) is None
    assert stoppable(stopping) == ()
    assert stoppable(with_proxy()) == (proxy(),)
