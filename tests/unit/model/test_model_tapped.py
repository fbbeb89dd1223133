"""What is known of a proxy, event by event."""

from dataclasses import replace

from exchanges import done, proxy

from ollama_top.model.exchange import Phase
from ollama_top.model.feed_event import Changed, Facts, FeedEvent, Hello, Moved, Ready, Refused, Step
from ollama_top.model.reading import Known, Source
from ollama_top.model.tapped import MOST_FINISHED, Tapped, fold

DONE, PROXY = done(), proxy()
WAITING = replace(DONE, phase=Phase.WAITING)


def after(*events: FeedEvent, before: Tapped | None = None) -> Tapped:
    tapped = before or Tapped("/feed")
    for event in events:
        tapped = fold(tapped, event)
    return tapped


def test_what_runs_goes_over_to_what_has_ended() -> None:
    running = after(Hello(PROXY), Changed(WAITING), Changed(replace(WAITING, id=2)), Ready())
    assert (running.is_ready, [each.id for each in running.running], running.finished) == (True, [1, 2], ())
    ended = after(Changed(DONE), before=running)
    assert ([each.id for each in ended.running], ended.finished) == ([2], (DONE,))


def test_told_again_it_takes_its_own_place() -> None:
    streaming = replace(WAITING, phase=Phase.STREAMING)
    named = replace(DONE, client=Known("wget", Source.PROCESSES))
    running = after(Changed(WAITING), Changed(replace(WAITING, id=2)), Changed(streaming))
    assert [each.phase for each in running.running] == [Phase.STREAMING, Phase.WAITING]
    assert after(Changed(DONE), Changed(replace(DONE, id=2)), Changed(named)).finished[0] == named


def test_a_streamed_answer_grows() -> None:
    tapped = after(Changed(WAITING), Moved((Step(1, 7, 900), Step(99, 1, 1))))
    assert tapped.running[0].output_tokens == Known(7, Source.ESTIMATE)
    assert tapped.running[0].reply_bytes == 900


def test_hello_makes_void_what_was_known() -> None:
    tapped = after(Hello(PROXY), Changed(WAITING), Changed(replace(DONE, id=2)), Hello(PROXY))
    assert tapped == Tapped("/feed", PROXY)


def test_facts_are_taken_and_what_is_of_no_concern_changes_nothing() -> None:
    newer = replace(PROXY, connections=9)
    tapped = after(Hello(PROXY), Facts(newer))
    assert tapped.proxy == newer
    assert after(Refused("no"), before=tapped) is tapped


def test_finished_ones_are_bounded() -> None:
    tapped = after(*(Changed(replace(DONE, id=number)) for number in range(MOST_FINISHED + 3)))
    assert len(tapped.finished) == MOST_FINISHED
    assert tapped.finished[-1].id == MOST_FINISHED + 2
