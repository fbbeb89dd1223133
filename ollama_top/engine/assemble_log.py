"""From what the log tells to events, finished requests and the lines of the log pane. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from ollama_top.engine.joined import Joined
from ollama_top.engine.percentiles import percentile
from ollama_top.engine.samples import ELSEWHERE, NOT_YET, Samples
from ollama_top.model.event import Event
from ollama_top.model.finished import Finished
from ollama_top.model.log import Log
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.log.happenings import Occurrence
from ollama_top.ollama.log.story import MOST_ANSWERS, Answer, Told

WINDOW_S = 300.0
LEAST_WINDOW_S = 10.0  # a rate over less would say anything
MOST_EVENTS = 200
BUSY = 503
NO_MODEL = Missing(Why.UNSUPPORTED, "the log does not tell which model this was about")
NAMELESS = Missing(Why.PENDING, "no model is known to have these weights")
NONE_FINISHED = Missing(Why.ABSENT, "no request succeeded in this time")


def log_of(samples: Samples) -> Log:
    """The newest lines of the log."""
    if samples.log is None:
        return Log(NOT_YET if samples.is_local else ELSEWHERE)
    told = samples.log.value.told
    return Log(samples.log.value.where, told.lines, told.left_out)


def events_of(samples: Samples, joined: Sequence[Joined], seen: Sequence[Event]) -> tuple[Event, ...]:
    """What the log tells to have happened, and what was `seen` by other sources, in order of time."""
    told = samples.log.value.told.occurrences if samples.log else ()
    names = _names(samples, joined)
    events = [*(_event(each, names) for each in told), *seen]
    return tuple(sorted(events, key=lambda each: each.at))[-MOST_EVENTS:]


def finished_of(samples: Samples) -> Finished:
    """The inference requests of the last minutes."""
    if samples.log is None:
        return _unknown(NOT_YET if samples.is_local else ELSEWHERE)
    where, told = samples.log.value.where, samples.log.value.told
    if isinstance(where, Missing):
        return _unknown(Missing(where.why, f"only the log tells, and it is not read: {where.hint}"))
    window_s = _window_s(samples, told)
    since = samples.taken_at - timedelta(seconds=window_s)
    return _count([each for each in told.answers if each.at >= since], window_s)


def _window_s(samples: Samples, told: Told) -> float:
    """As far back as the log was read, within limits."""
    since = (
        told.answers[0].at if len(told.answers) == MOST_ANSWERS else told.since
    )  # older ones are forgotten
    if since is None:
        return LEAST_WINDOW_S
    return max(LEAST_WINDOW_S, min(WINDOW_S, (samples.taken_at - since).total_seconds()))


def _count(answers: Sequence[Answer], window_s: float) -> Finished:
    durations = sorted(each.duration_s for each in answers if each.status < 400)
    return Finished(
        window_s=Known(window_s, Source.LOG),
        per_minute=Known(60 * len(answers) / window_s, Source.LOG),
        succeeded=Known(len(durations), Source.LOG),
        refused=Known(sum(400 <= each.status < 500 for each in answers), Source.LOG),
        failed=Known(sum(each.status >= 500 for each in answers), Source.LOG),
        busy=Known(sum(each.status == BUSY for each in answers), Source.LOG),
        duration_p50_s=_percentile(durations, 50),
        duration_p95_s=_percentile(durations, 95),
    )


def _percentile(durations: Sequence[float], percent: int) -> Reading[float]:
    """The least duration that so many of a hundred did not exceed."""
    return Known(percentile(durations, percent), Source.LOG) if durations else NONE_FINISHED


def _unknown(why: Missing) -> Finished:
    return Finished(why, why, why, why, why, why, why, why)


def _names(samples: Samples, joined: Sequence[Joined]) -> dict[str, str]:
    """The name of the model of each path of weights, where one is known."""
    shown = samples.api.value.shown if samples.api else {}
    names = {each.blob_path: name for name, each in shown.items() if each.blob_path}
    return names | {each.runner.args.model_path: each.name for each in joined if each.runner and each.name}


def _event(of: Occurrence, names: dict[str, str]) -> Event:
    name: Reading[str] = NO_MODEL
    if of.model_path is not None:
        found = names.get(of.model_path)
        name = NAMELESS if found is None else Known(found, Source.API)
    return Event(of.at, of.kind, of.severity, name, of.text, of.count, Source.LOG)
