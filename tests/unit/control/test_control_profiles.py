"""A profile beside what a server has."""

from typing import Any

import frames
import pytest
from frames import DENIED, setting
from frames_service import said, service

from ollama_top.control.profiles import (
    changes_of,
    differences,
    headline,
    is_same,
    profile_of,
    set_command,
    to_change,
)
from ollama_top.model.configuration import Assignment, Configuration, Layer, Place, Unread
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.process import Variable
from ollama_top.model.profile import Compared, Difference, Origin, Profile, Standing
from ollama_top.model.reading import Known, Missing, Source, Why

N, K, M = "OLLAMA_NUM_PARALLEL", "OLLAMA_KEEP_ALIVE", "OLLAMA_MODELS"
UNIT = Place(Layer.UNIT, "/etc/systemd/system/ollama.service")


def profile(**values: str | None) -> Profile:
    return Profile("night", Origin.SAVED, tuple(Change(name, value) for name, value in values.items()))


def look(**changes: Any) -> Snapshot:
    return frames.frame(**changes).snapshot


@pytest.mark.parametrize(
    ("wanted", "configuration", "changed"),
    [
        ("4", Configuration(), True),
        ("4", Configuration((said(N, "4"),)), False),
        ("4", Configuration((said(N, '"4"'),)), False),
        ("4", Configuration((said(N, "4"), said(N, "2"))), True),
        ("4", Configuration((said(N, "4"), said(N, None))), True),
        (None, Configuration(), False),
        (None, Configuration((said(N, None),)), False),
        (None, Configuration((said(N, ""),)), False),
        (None, Configuration((said(N, "4"),)), True),
        ("4", Configuration((Assignment(N, None, UNIT, "it may be a secret"),)), True),
        (None, Configuration((Assignment(N, None, UNIT, "it may be a secret"),)), True),
        ("4", Configuration((said(N, "4"),), unread=(Unread(UNIT, "denied"),)), True),
        ("4", Configuration((said(N, "4"),), unread=(Unread(UNIT, "denied", (K,)),)), False),
    ],
)
def test_what_has_to_be_changed(wanted: str | None, configuration: Configuration, changed: bool) -> None:
    expected = (Change(N, wanted),) if changed else ()
    assert changes_of(profile(**{N: wanted}), configuration) == expected


@pytest.mark.parametrize(
    ("wanted", "configured", "running", "standing"),
    [
        ("4", "4", "4", Standing.SAME),
        ("4", "4", "2", Standing.PENDING),
        ("4", "4", frames.setting().running, Standing.PENDING),
        ("4", "4", DENIED, Standing.SAME),
        ("4", "2", "4", Standing.DIFFERS),
        ("4", DENIED, "4", Standing.SAME),
        ("4", DENIED, "2", Standing.DIFFERS),
        ("4", DENIED, DENIED, Standing.UNKNOWN),
        (None, frames.setting().running, frames.setting().running, Standing.SAME),
        (None, "4", "4", Standing.DIFFERS),
        (None, frames.setting().running, "4", Standing.PENDING),
    ],
)
def test_how_a_value_stands(wanted: str | None, configured: Any, running: Any, standing: Standing) -> None:
    seen = look(settings=(setting(N, running, configured),))
    (found,) = differences(profile(**{N: wanted}), seen)
    assert found.standing is standing
    expected = {Standing.SAME: True, Standing.UNKNOWN: None}.get(standing, False)
    assert is_same([found]) is expected


def test_a_variable_that_nobody_has_heard_of_is_known_not_to_be_set() -> None:
    wanted = profile(OLLAMA_STRANGE="1")
    kept = look(service=service())
    (found,) = differences(wanted, kept)
    assert isinstance(found.configured, Missing)
    assert (found.configured.why, found.standing) == (Why.ABSENT, Standing.DIFFERS)
    unseen = look(
        service=Missing(Why.NOT_LOCAL, "elsewhere"), environment=Missing(Why.NOT_LOCAL, "elsewhere")
    )
    assert differences(wanted, unseen)[0].standing is Standing.UNKNOWN


def test_of_a_server_that_nothing_keeps_what_it_was_started_with_counts() -> None:
    seen = look(settings=(setting(N, "4", DENIED), setting(K, "5m", DENIED)))
    assert to_change(profile(**{N: "4", K: "1h"}), seen) == (Change(K, "1h"),)
    kept = look(service=service(said(K, "1h")), settings=())
    assert to_change(profile(**{N: "4", K: "1h"}), kept) == (Change(N, "4"),)


def test_what_is_odd_in_a_saved_profile_is_told_by_its_place_and_left_out_where_it_must() -> None:
    written = [
        (N, "4", "f:1"),
        (K, "soon", "f:2"),
        ("OLLAMA_API_KEY", "x", "f:3"),
        ("OLLAMA_KEEP_ALIV", "1h", "f:4"),
        ("PATH", "/bin", "f:5"),
        (M, None, "f:6"),
    ]
    found = profile_of("night", written, None)
    assert [each.name for each in found.changes] == [N, "OLLAMA_KEEP_ALIV", M]
    assert [each.partition(" ")[0] for each in found.problems] == ["f:2:", "f:3:", "f:4:", "f:5:"]
    assert [each.endswith("it is left out") for each in found.problems] == [True, True, False, True]
    assert "x" not in found.problems[1].split()


def difference(standing: Standing) -> Difference:
    return Difference(N, "4", Known("4", Source.SERVICE), Known("4", Source.PROCESSES), standing)


@pytest.mark.parametrize(
    ("standings", "words"),
    [
        ([], "it changes nothing"),
        ([Standing.SAME], "the server has it"),
        ([Standing.DIFFERS], "the server has another value, or none"),
        ([Standing.DIFFERS, Standing.SAME, Standing.UNKNOWN], "1 of 3 differ from what the server has"),
        ([Standing.PENDING, Standing.SAME], "the next start gets it; the running server was started without"),
        ([Standing.UNKNOWN, Standing.SAME], "what the server has is not known"),
    ],
)
def test_how_it_differs_in_a_few_words(standings: list[Standing], words: str) -> None:
    found = tuple(map(difference, standings))
    assert headline(Compared(profile(), found, is_same(found), ())) == words


def test_a_variable_of_the_environment_is_no_proof_of_what_is_hidden() -> None:
    hidden = setting(N, "(not shown: it may be a secret)", DENIED)
    seen = look(settings=(hidden,), environment=Known((Variable(N, None),), Source.PROCESSES))
    assert differences(profile(**{N: "4"}), seen)[0].standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (look(), f"ollama-top set {N}=4 'OLLAMA_ORIGINS=a b' --unset {K}"),
        (
            look(server=frames.server(url="http://127.0.0.1:11500")),
            f"ollama-top set --host http://127.0.0.1:11500 {N}=4 'OLLAMA_ORIGINS=a b' --unset {K}",
        ),
        (look(demo=True), None),
    ],
)
def test_what_to_type_is_about_the_server_that_is_looked_at(seen: Snapshot, words: str | None) -> None:
    changes = (Change(N, "4"), Change(K, None), Change("OLLAMA_ORIGINS", "a b"))
    assert set_command(changes, seen) == words
