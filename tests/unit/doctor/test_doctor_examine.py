"""All checks at one Snapshot: order, confidence, and that none speaks where all is well."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import frames
import pytest

from ollama_top.doctor import checks
from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.checks import CHECKS
from ollama_top.doctor.examine import Since, examine, worth_acting_on
from ollama_top.model.finding import Confidence, FixKind
from ollama_top.model.history import History
from ollama_top.model.setting import SettingStatus
from ollama_top.model.verdict import Severity

EMPTY = History()
NAMES = ("OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE")


def check(name: str, *severities: Severity) -> Check:
    found = [
        Found(f"{name} {at}", "so", (), subject=str(at), severity=each) for at, each in enumerate(severities)
    ]
    return Check(name, "something", Severity.INFO, lambda _snapshot, _history: found)


def test_every_file_is_a_check_that_is_asked() -> None:
    folder = Path(checks.__file__).parent
    files = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert {each.id for each in CHECKS} == files
    assert len(CHECKS) == len(files)


@pytest.mark.parametrize("each", CHECKS, ids=lambda each: each.id)
def test_a_check_is_declared_whole(each: Check) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", each.id)
    assert each.looks_for[0].islower()
    assert each.severity is not Severity.OK


def test_the_worst_come_first_and_equal_ones_in_order() -> None:
    found = examine(
        frames.frame().snapshot,
        EMPTY,
        checks=[check("a", Severity.INFO, Severity.WARNING), check("b", Severity.ERROR, Severity.WARNING)],
    ).findings
    assert [each.title for each in found] == ["b 0", "a 1", "b 1", "a 0"]
    assert [each.title for each in worth_acting_on(found)] == ["b 0", "a 1", "b 1"]


def test_what_is_found_again_is_confirmed() -> None:
    one = [check("a", Severity.INFO)]
    first = examine(frames.frame().snapshot, EMPTY, checks=one)
    two = [check("a", Severity.INFO, Severity.INFO)]
    again = examine(frames.frame().snapshot, EMPTY, first.since, two)
    assert [each.confidence for each in (*first.findings, *again.findings)] == [
        Confidence.ONCE,
        Confidence.CONFIRMED,
        Confidence.ONCE,
    ]


def test_what_passes_is_not_told_and_what_lasts_is() -> None:
    lasting = [replace(check("a", Severity.WARNING), lasts_s=3.0)]
    quiet: list[Check] = []
    since: Since = {}
    told = []
    for second, asked in enumerate([lasting, lasting, quiet, lasting, lasting, lasting, lasting, lasting]):
        snapshot = frames.frame(taken_at=frames.NOW + timedelta(seconds=second)).snapshot
        examined = examine(snapshot, EMPTY, since, asked)
        since = examined.since
        told.append([each.confidence.value for each in examined.findings])
    assert told == [[], [], [], [], [], [], ["confirmed"], ["confirmed"]]


def test_a_server_whose_variables_are_set_well_has_nothing_wrong() -> None:
    well = tuple(frames.setting(name, "4", "4", SettingStatus.SET) for name in NAMES)
    service = frames.service(*(frames.said(name, "4") for name in NAMES))
    models = (frames.model(parallel=frames.known(4, frames.Source.ARGV)),)
    snapshot = frames.frame(settings=well, service=service, models=models, gpus=(frames.gpu(),)).snapshot
    assert examine(snapshot, EMPTY).findings == ()


def test_nothing_known_is_nothing_wrong() -> None:
    unknown = frames.setting(running=frames.DENIED, configured=frames.DENIED, status=SettingStatus.UNKNOWN)
    assert examine(frames.frame(settings=(unknown,)).snapshot, EMPTY).findings == ()


def test_every_fix_can_be_carried_out() -> None:
    bad = frames.setting(running="four", configured="four", status=SettingStatus.IGNORED)
    (found,) = examine(frames.frame(settings=(bad,)).snapshot, EMPTY).findings
    assert found.fix is not None
    assert found.fix.kind is FixKind.SET
    assert [(each.name, each.value) for each in found.fix.changes] == [("OLLAMA_NUM_PARALLEL", "4")]
