"""Ollama's snap; neither it nor snapd could be run here, so that the launcher's form is a stand-in's."""

from pathlib import Path

import frames
import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_programs import stand_in

from ollama_top.model.configuration import Configuration, Layer
from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.model.service import Author, Service
from ollama_top.services import snap
from ollama_top.services.snap import exported, of_settings, read_snap, snap_of

UNIT = "snap.ollama.listener.service"
LAUNCHER = """#!/bin/bash
OLLAMA_HOST=$(snapctl get host)
OLLAMA_DEBUG=$(snapctl get debug)
OLLAMA_FLASH_ATTENTION=$(snapctl get flash-attention)
LENGTH=$(snapctl get context-length)
if [ -n "$LENGTH" ]; then
    export OLLAMA_CONTEXT_LENGTH=$LENGTH
fi
export OLLAMA_HOST OLLAMA_DEBUG
exec $SNAP/bin/ollama "$@"
"""
KEYS = {
    "OLLAMA_HOST": ("host", False),
    "OLLAMA_DEBUG": ("debug", False),
    "OLLAMA_CONTEXT_LENGTH": ("context-length", True),
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with the snap, whose unit a drop-in of somebody's extends."""
    launcher = tmp_path / "snap/ollama/current/bin/snap_launcher.sh"
    launcher.parent.mkdir(parents=True)
    launcher.write_text(LAUNCHER)
    monkeypatch.setattr(snap, "FOLDERS", (tmp_path / "snap",))
    unit = frames.service(frames.said("OLLAMA_NUM_PARALLEL", "4"), frames.said("OLLAMA_HOST", "0.0.0.0"))
    monkeypatch.setattr(snap, "read_service", lambda *_, **__: unit)
    return tmp_path


def read() -> Service:
    found = read_snap(UNIT, "ollama")
    assert isinstance(found, Known)
    return found.value


def test_which_units_are_a_snaps() -> None:
    assert snap_of(UNIT) == "ollama"
    assert snap_of("ollama.service") is None
    assert snap_of("snap.ollama.ollama-1c2d.scope") is None


def test_what_a_launcher_exports() -> None:
    assert exported(LAUNCHER) == KEYS


def test_the_snaps_settings_go_before_its_unit(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = stand_in(
        installed / "bin", monkeypatch, "snap", 'echo \'{"host": "127.0.0.1:11434", "debug": 0}\''
    )
    found = read()
    assert asked.read_text() == "get -d ollama\n"
    assert (found.author, found.known_as) == (Author.SNAP, "ollama")
    assert [each.value for each in found.configuration.said("OLLAMA_HOST")] == ["0.0.0.0", "127.0.0.1:11434"]
    assert {each.name: each.key for each in found.snap_settings} == {
        name: key for name, (key, _) in KEYS.items()
    }
    assert found.configuration.said("OLLAMA_DEBUG")[-1].value == "0"
    assert found.configuration.said("OLLAMA_NUM_PARALLEL")[-1].place.layer is Layer.DROP_IN
    assert "OLLAMA_CONTEXT_LENGTH" not in found.configuration.names()


def test_without_the_right_to_ask_only_its_settings_are_open(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        installed / "bin", monkeypatch, "snap", 'echo "error: access denied (try with sudo)" >&2; exit 1'
    )
    configuration = read().configuration
    unread = configuration.unread_for("OLLAMA_HOST")
    assert unread is not None
    assert "sudo snap get -d ollama" in unread.why
    assert configuration.unread_for("OLLAMA_NUM_PARALLEL") is None


def test_a_launcher_that_cannot_be_read_leaves_all_open(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snap, "FOLDERS", (installed / "elsewhere",))
    stand_in(installed / "bin", monkeypatch, "snap", "echo '{}'")
    assert read().configuration.unread_for("OLLAMA_NUM_PARALLEL") is not None


def test_a_unit_that_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    silent: Reading[Service] = Missing(Why.FAILED, "systemd did not tell")
    monkeypatch.setattr(snap, "read_service", lambda *_, **__: silent)
    assert read_snap(UNIT, "ollama") == silent


@given(st.binary(max_size=40) | st.sampled_from([b"[]", b"[" * 100_000, b'{"host": {"a": [1]}}']))
def test_any_answer(answer: bytes) -> None:
    found = of_settings(KEYS, answer)
    assert isinstance(found, Configuration)
    assert found.unread or "OLLAMA_HOST" in found.names()
