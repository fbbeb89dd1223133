"""No false alarm: what the doctor says of recorded servers that were well.

A recording does not hold the server's environment: it is what the recording's own run had.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain

import engine_recordings as recordings
import pytest
from captured import NEWEST, OLDER, Capture
from test_engine_recordings import BURSTS, LOADED, QUIET, WITHOUT_SLOTS

from ollama_top.doctor.examine import worth_acting_on
from ollama_top.engine import derive
from ollama_top.engine.samples import Samples, Taken, Traffic
from ollama_top.engine.state import State
from ollama_top.model.finding import Finding
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Source
from ollama_top.ollama import replies
from ollama_top.ollama.argv import parse_runner
from ollama_top.ollama.log.story import Story
from ollama_top.ollama.slots import parse_slots
from ollama_top.sources.api import ApiLook
from ollama_top.sources.processes import RunnerProcess, TreeLook
from ollama_top.sources.runners import SlotsLook

N = "OLLAMA_NUM_PARALLEL"
OTHERS = {"OLLAMA_MAX_LOADED_MODELS": "2", "OLLAMA_MAX_QUEUE": "64"}
UNSET = {"parallel-not-set"}
ADVICE = {"one-model-only"}
TRAFFIC = [*QUIET, *LOADED, *WITHOUT_SLOTS]
RUNS = {"parallel2": "2", "parallel4": "4", "parallel1-unset": None}


def all_found(frames: Iterator[tuple[float, Frame]]) -> list[Finding]:
    found = [frame.findings for _, frame in frames]
    assert len(found) > 3
    return [*chain.from_iterable(found)]


def alarms(findings: list[Finding]) -> set[str]:
    return {each.id for each in worth_acting_on(findings)}


def played(recording: recordings.Recording, environment: Mapping[str, str]) -> list[Finding]:
    return all_found(recordings.frames(recording, 2, 0, environment))


# Under traffic


@pytest.mark.parametrize(("version", "name"), TRAFFIC)
def test_of_traffic_nothing_is_said_with_all_three_variables_set(version: str, name: str) -> None:
    recording = recordings.load(version, name)
    assert played(recording, {N: str(recording.parallel), **OTHERS}) == []


@pytest.mark.parametrize(("version", "name"), TRAFFIC)
def test_of_traffic_no_more_is_said_than_is_true_without_the_others(version: str, name: str) -> None:
    recording = recordings.load(version, name)
    found = played(recording, {N: str(recording.parallel)})
    assert alarms(found) == set()
    assert UNSET <= {each.id for each in found} <= UNSET | ADVICE


@pytest.mark.parametrize("name", BURSTS)
def test_of_a_burst_only_what_is_not_set_is_said(name: str) -> None:
    recording = recordings.load_burst(name)
    environment = {} if name.endswith("unset") else {N: str(recording.parallel), **OTHERS}
    found = played(recording, environment)
    assert alarms(found) == (set() if environment else UNSET)


def test_what_is_wrong_in_traffic_is_said() -> None:
    """Or the tests above could not fail."""
    recording = recordings.load("0.33.0", QUIET[0][1])
    assert "effective-differs" in alarms(played(recording, {N: "4", **OTHERS}))


# At rest


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("server", [NEWEST, OLDER])
def test_of_a_server_at_rest_only_what_is_not_set_is_said(server: str, run: str) -> None:
    parallel = RUNS[run]
    samples = recordings.given(at_rest(server, run), {N: parallel, **OTHERS} if parallel else {})
    state, first = derive.step(State(), samples)
    _, second = derive.step(state, samples)
    (model,) = second.snapshot.models
    assert model.parallel == Known(int(parallel or 1), model.parallel.source)  # type: ignore[union-attr]
    expected = set() if parallel else UNSET
    assert alarms([*first.findings, *second.findings]) == expected
    assert {each.id for each in second.findings} == expected


def at_rest(server: str, run: str) -> Samples:
    """What a real server answers with a model loaded, and its runner's command line, slots and log."""
    capture = Capture(server)
    log = capture.log(run)
    models = replies.parse_ps(capture.body("ps-loaded"))
    shown = {models[0].name: replies.parse_show(json.dumps(capture.json("show")).encode())}
    version = replies.parse_version(capture.body("version"))
    story = Story()
    for line in log.splitlines():
        story.take(line)
    starts = re.findall(r'msg="starting [\w-]+" cmd="(.*?)(?<!\\)"', log)
    args = next(filter(None, (parse_runner(shlex.split(each)) for each in starts)))
    load = story.told().loads.get(args.port or 0)
    runners = (RunnerProcess(2, 0.0, args, load),)
    at_s = 100.0
    slots = parse_slots(capture.body("runner-slots")) if server == NEWEST else ()
    looks = {args.port or 0: SlotsLook(at_s, slots)} if slots else {}
    process = Known(recordings.PROCESS, Source.PROCESSES)
    return Samples(
        taken_at=(models[0].expires_at or recordings.SINCE) - timedelta(minutes=4),
        at_s=at_s,
        url="http://127.0.0.1:11434",
        is_local=True,
        api=Taken(ApiLook(version, models, shown), at_s),
        tree=Taken(TreeLook(process, runners), at_s),
        traffic=Taken(Traffic((), {}, looks), at_s),
    )
