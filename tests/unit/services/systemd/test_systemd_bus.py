"""What systemd's bus says of a unit, and what is made of an answer that is none."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import captured
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.process import Variable
from ollama_top.services.systemd import bus
from ollama_top.services.systemd.bus import Unit, bus_label, read_manager, read_unit

Busctl = Callable[[str], Path]
REAL = captured.CAPTURES / "systemd-252"  # what a real one answered, less the properties that nobody asks for
RUNNING, NOT_FOUND, MANAGER = (
    (REAL / f"{name}.json").read_text().strip() for name in ("unit-running", "unit-not-found", "manager")
)


def saying(text: str) -> str:
    return f"cat <<'END'\n{text}\nEND"


def test_a_unit_is_what_systemd_holds_of_it(busctl: Busctl) -> None:
    busctl(saying(RUNNING))
    assert read_unit("ollama.service", user=False) == Unit(
        name="ollama.service",
        load_state="loaded",
        active_state="active",
        sub_state="running",
        result="success",
        main_pid=81,
        exit_status=0,
        restarts=0,
        started_at=datetime.fromtimestamp(1795557116.256168, UTC),
        needs_reload=False,
        environment=(Variable("A", None), Variable("OLLAMA_NUM_PARALLEL", '2 "x"'), Variable("PATH", None)),
        fragment_path="/etc/systemd/system/ollama.service",
        drop_in_paths=("/etc/systemd/system/ollama.service.d/o.conf",),
    )


def test_a_unit_that_is_not_there_is_told_as_such(busctl: Busctl) -> None:
    busctl(saying(NOT_FOUND))
    unit = read_unit("none.service", user=False)
    assert unit is not None
    assert (unit.load_state, unit.started_at, unit.fragment_path) == ("not-found", None, None)


def test_the_manager_tells_where_units_lie_and_what_they_start_from(busctl: Busctl) -> None:
    busctl(saying(MANAGER))
    manager = read_manager(user=False)
    assert manager is not None
    assert manager.unit_path[4] == "/etc/systemd/system"
    assert [each.name for each in manager.environment] == ["LANG", "PATH"]


@pytest.mark.parametrize(("user", "scope"), [(False, []), (True, ["--user"])])
def test_the_question_is_one_that_changes_nothing(
    busctl: Busctl, tmp_path: Path, user: bool, scope: list[str]
) -> None:
    words = busctl(
        f"exec > {tmp_path}/words; printf '%s\\n' \"$@\"; [ /dev/fd/0 -ef /dev/null ] && echo mute"
    )
    assert read_unit("ollama.service", user=user) is None
    *asked, mute = words.read_text().splitlines()
    assert mute == "mute"
    assert asked == [
        *scope,
        "--json=short",
        "call",
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1/unit/ollama_2eservice",
        "org.freedesktop.DBus.Properties",
        "GetAll",
        "s",
        "",
    ]


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        saying(RUNNING) + "\nexit 1",
        saying(""),
        saying('{"type":"a{sv}","data":[]}'),
        saying('{"type":"a{sv}","data":[{}]}'),
        saying(RUNNING.replace('"data": 81', '"data": "x"')),
        saying(RUNNING.replace("NRestarts", "Restarts")),
        saying('[1]\n"x"'),
        saying("null\nnull"),
        saying(f"{RUNNING}\n{RUNNING}"),
        saying("[" * 100_000),
        r"printf '\377\376\n\n'",
        "kill -9 $$",
    ],
)
def test_an_answer_that_is_none(busctl: Busctl, script: str) -> None:
    busctl(script)
    assert read_unit("ollama.service", user=False) is None


@pytest.mark.parametrize(
    "script", ["exit 1", saying(""), saying('{"data":[]}'), saying('{"data":1}\n{"data":[]}')]
)
def test_a_manager_that_tells_nothing(busctl: Busctl, script: str) -> None:
    busctl(script)
    assert read_manager(user=False) is None


def test_without_busctl_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_unit("ollama.service", user=False) is None


def test_a_busctl_that_hangs_is_not_waited_for(busctl: Busctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "TIMEOUT_S", 0.05)
    busctl("exec sleep 30")
    assert read_unit("ollama.service", user=False) is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("ollama.service", "ollama_2eservice"),
        ("snap.ollama.listener.service", "snap_2eollama_2elistener_2eservice"),
        ("ollama@gpu1.service", "ollama_40gpu1_2eservice"),
        (r"my\x2dollama.service", "my_5cx2dollama_2eservice"),
        ("a_b-c.service", "a_5fb_2dc_2eservice"),
        ("2ollama.service", "_32ollama_2eservice"),
        ("größe.service", "gr_c3_b6_c3_9fe_2eservice"),
        ("", "_"),
    ],
)
def test_names_of_units_in_object_paths(name: str, label: str) -> None:
    assert bus_label(name) == label


@given(st.text(st.characters(codec=None)))
def test_any_name_is_a_part_of_an_object_path(name: str) -> None:
    label = bus_label(name)
    assert label.isascii()
    assert label.replace("_", "a").isalnum()
    json.dumps(label)
