"""The three columns of a variable, from what each who can tell has told."""

from datetime import timedelta
from typing import Any

import frames
import pytest

from ollama_top.engine.assemble_settings import is_pending, settings
from ollama_top.engine.told import Told, is_unchanged
from ollama_top.model.configuration import Configuration, Layer, Place, Unread
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.setting import Setting, SettingStatus

N = "OLLAMA_NUM_PARALLEL"
DENIED = Missing(Why.DENIED, "sudo cat /proc/83/environ tells")
FILE = Place(Layer.ENVIRONMENT_FILE, "/etc/ollama.env", 1)


Asked = tuple[Told, tuple[LoadedModel, ...]]


def told(
    running: dict[str, str] | Missing | None = None, *, models: tuple[LoadedModel, ...] = (), **changes: Any
) -> Asked:
    """A server that nothing is set for, of which all is known."""
    environment: Reading[dict[str, str]] = (
        running if isinstance(running, Missing) else Known(running or {}, Source.PROCESSES)
    )
    plain: dict[str, Any] = {
        "service": frames.service(),
        "shell": {},
        "logged": {},
        "release": (0, 33, 0),
    }
    return Told(running=environment, **(plain | changes)), models


def one(of: Asked, name: str = N) -> Setting:
    return next(each for each in settings(*of) if each.name == name)


def value(reading: Reading[str]) -> str | Why:
    return reading.value if isinstance(reading, Known) else reading.why


def test_nothing_set_is_known_to_be_so() -> None:
    found = one(told())
    columns = (value(found.configured), value(found.running), value(found.effective))
    assert columns == (Why.ABSENT, Why.ABSENT, "1")
    assert (found.status, found.default, found.note) == (SettingStatus.DEFAULT, "1", None)


def test_set_everywhere() -> None:
    found = one(told({N: "4"}, service=frames.service(frames.said(N, "4"))))
    columns = (value(found.configured), value(found.running), value(found.effective))
    assert columns == ("4", "4", "4")
    assert found.status is SettingStatus.SET
    assert found.configured_in == f"{frames.DROP_IN.path}:2"


def test_what_the_next_start_would_change_is_pending() -> None:
    found = one(told({}, service=frames.service(frames.said(N, "4"))))
    assert found.status is SettingStatus.PENDING
    assert value(found.effective) == "1"


def test_set_in_the_shell_only() -> None:
    found = one(told(shell={N: "4"}))
    assert found.status is SettingStatus.SHELL_ONLY
    assert value(found.shell) == "4"


def test_of_a_service_that_does_not_run_nothing_runs() -> None:
    down = frames.service(frames.said(N, "4"), is_running=False)
    found = one(told(Missing(Why.ABSENT, "no process listens there"), service=down))
    assert found.running == Missing(Why.FAILED, "ollama.service does not run")
    assert found.configured == Known("4", Source.SERVICE)
    assert found.status is SettingStatus.UNKNOWN


@pytest.mark.parametrize(("text", "holds"), [("four", "1"), ("0", "0"), ("4", "4")])
def test_what_holds_is_what_ollama_makes_of_it(text: str, holds: str) -> None:
    found = one(told({N: text}, service=frames.service(frames.said(N, text))))
    assert value(found.effective) == holds
    assert (found.status is SettingStatus.IGNORED) is (text != "4")


def test_the_models_own_word_goes_before_every_other() -> None:
    models = (frames.model(parallel=Known(2, Source.ARGV)),)
    found = one(told({N: "4"}, models=models))
    assert found.effective == Known("2", Source.ARGV)


def test_models_that_differ_are_told_one_by_one() -> None:
    models = (
        frames.model("a", parallel=Known(4, Source.ARGV)),
        frames.model("b", parallel=Known(1, Source.PREDICTED)),
        frames.model("c", parallel=frames.DENIED),
    )
    assert value(one(told({N: "4"}, models=models)).effective) == "a 4, b 1, c -"


def test_without_a_service_what_would_come_next_is_not_known() -> None:
    found = one(told({N: "4"}, service=frames.BY_HAND))
    assert value(found.configured) is Why.UNSUPPORTED
    assert found.status is SettingStatus.SET


def test_a_file_that_may_not_be_read_leaves_all_open() -> None:
    unread = Configuration(
        (frames.said(N, "4"),), (), (Unread(FILE, "it may not be read (Permission denied)"),)
    )
    found = one(told({N: "4"}, service=frames.service(configuration=unread)))
    assert value(found.configured) is Why.DENIED
    assert found.status is SettingStatus.SET


def test_what_is_taken_away_is_not_set_and_says_where() -> None:
    service = frames.service(frames.said(N, "4"), frames.said(N, None, FILE))
    found = one(told(service=service))
    assert value(found.configured) is Why.ABSENT
    assert found.configured_in == "/etc/ollama.env:1"


# For somebody who may not read the process's environment


def test_files_unchanged_since_the_start_tell_what_the_process_got() -> None:
    found = one(told(DENIED, service=frames.service(frames.said(N, "4"))))
    assert found.running == Known("4", Source.SERVICE)
    assert found.status is SettingStatus.SET


@pytest.mark.parametrize(
    "changes",
    [{"changed_at": Known(frames.NOW - timedelta(hours=1), Source.SERVICE)}, {"needs_reload": True}],
)
def test_after_a_change_the_old_value_cannot_be_known(changes: dict[str, Any]) -> None:
    found = one(told(DENIED, service=frames.service(frames.said(N, "4"), **changes)))
    assert value(found.running) is Why.DENIED
    assert isinstance(found.running, Missing)
    assert "changed since" in found.running.hint
    assert "sudo cat" in found.running.hint
    assert found.status is SettingStatus.UNKNOWN


def test_the_log_proves_what_is_no_default() -> None:
    changed = frames.service(changed_at=Known(frames.NOW, Source.SERVICE))
    found = one(told(DENIED, service=changed, logged={N: "4"}))
    assert found.running == Known("4", Source.LOG)


def test_the_log_never_proves_unset() -> None:
    changed = frames.service(changed_at=Known(frames.NOW, Source.SERVICE))
    found = one(told(DENIED, service=changed, logged={N: "1"}))
    assert value(found.running) is Why.DENIED
    assert found.effective == Known("1", Source.LOG)


# Versions and strangers


def test_a_variable_that_this_version_does_not_read() -> None:
    name = "OLLAMA_NEW_ENGINE"
    assert name not in {each.name for each in settings(*told())}
    found = one(told({name: "1"}, service=frames.BY_HAND), name)
    assert found.status is SettingStatus.FOREIGN
    assert value(found.effective) is Why.UNSUPPORTED


def test_a_name_that_nobody_reads() -> None:
    found = one(told({"OLLAMA_NUM_PARALEL": "4"}, service=frames.BY_HAND), "OLLAMA_NUM_PARALEL")
    assert found.status is SettingStatus.FOREIGN
    assert "spelt" in (found.note or "")


def test_other_peoples_variables_are_left_out() -> None:
    assert not [
        each
        for each in settings(*told({"PATH": "/bin"}, shell={"HOME": "/"}))
        if "OLLAMA" not in each.name and "LLAMA" not in each.name
    ]


@pytest.mark.parametrize(
    ("configured", "running", "pending"),
    [
        (Known("4", Source.SERVICE), Known("4", Source.PROCESSES), False),
        (Known('"4"', Source.SERVICE), Known("4", Source.PROCESSES), False),
        (Known("", Source.SERVICE), frames.NOT_SET, False),
        (Known("four", Source.SERVICE), frames.NOT_SET, True),
        (Known("4", Source.SERVICE), Known("2", Source.PROCESSES), True),
        (frames.NOT_SET, Known("2", Source.PROCESSES), True),
        (Known("4", Source.SERVICE), frames.NOT_SET, True),
        (frames.NOT_SET, frames.NOT_SET, False),
        (DENIED, Known("2", Source.PROCESSES), False),
        (Known("4", Source.SERVICE), DENIED, False),
    ],
)
def test_pending_needs_both_to_be_known(
    configured: Reading[str], running: Reading[str], pending: bool
) -> None:
    assert is_pending(N, configured, running) is pending


def test_unchanged_needs_a_start_and_older_files() -> None:
    assert is_unchanged(frames.service())
    assert not is_unchanged(frames.BY_HAND)
    assert not is_unchanged(frames.service(started_at=Missing(Why.ABSENT, "never")))


@pytest.mark.parametrize(
    ("name", "logged"),
    [
        ("OLLAMA_FLASH_ATTENTION", "false"),
        ("OLLAMA_KEEP_ALIVE", "5m0s"),
        ("OLLAMA_CONTEXT_LENGTH", "0"),
        ("OLLAMA_MAX_QUEUE", "512"),
        ("OLLAMA_ORIGINS", "[http://localhost]"),
        ("OLLAMA_HOST", "http://127.0.0.1:11434"),
    ],
)
def test_what_the_log_writes_of_a_default_proves_nothing(name: str, logged: str) -> None:
    """As a real 0.33 wrote them without any variable set."""
    changed = frames.service(changed_at=Known(frames.NOW, Source.SERVICE))
    found = one(told(DENIED, service=changed, logged={name: logged}), name)
    assert value(found.running) is Why.DENIED


@pytest.mark.parametrize(
    ("name", "logged", "holds"),
    [
        ("OLLAMA_MAX_QUEUE", "64", "64"),
        ("OLLAMA_CONTEXT_LENGTH", "0", "automatic: 4k, 32k or 256k by GPU memory"),
        ("OLLAMA_FLASH_ATTENTION", "false", Why.DENIED),
    ],
)
def test_what_the_log_says_holds_where_the_process_may_not_be_read(
    name: str, logged: str, holds: str | Why
) -> None:
    changed = frames.service(changed_at=Known(frames.NOW, Source.SERVICE))
    assert value(one(told(DENIED, service=changed, logged={name: logged}), name).effective) == holds
