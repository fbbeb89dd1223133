"""The checks of settings: where each fires, with what mend, and where it stays quiet."""

from datetime import timedelta

import frames
import pytest
from checks_asked import ask, changes_of, command_of

from ollama_top.model.configuration import Layer, Place, Rejected
from ollama_top.model.reading import Known, Source
from ollama_top.model.server import Keeper
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity

N, L, Q = "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE"
UNIT = Place(Layer.UNIT, "/etc/systemd/system/ollama.service", 9)
FILE = Place(Layer.ENVIRONMENT_FILE, "/etc/default/ollama", 1)
OTHER = Place(Layer.DROP_IN, "/etc/systemd/system/ollama.service.d/a.conf", 3)
JUST_NOW = Known(frames.NOW - timedelta(minutes=1), Source.SERVICE)


# parallel-not-set


def test_parallel_that_is_not_set() -> None:
    (found,) = ask("parallel-not-set", settings=(frames.setting(N), frames.setting(Q)))
    assert found.title == "OLLAMA_NUM_PARALLEL is not set: each model serves one at a time"
    assert found.severity is None
    assert changes_of(found) == {N: "4"}


def test_an_older_version_says_what_it_does_without() -> None:
    setting = frames.setting(N, default="automatic: 2, or 1 if memory is short")
    (found,) = ask("parallel-not-set", settings=(setting,))
    assert "Ollama chooses (automatic: 2" in found.title


def test_only_the_others_not_set_is_information() -> None:
    settings = (frames.setting(N, "4", "4", SettingStatus.SET), frames.setting(L), frames.setting(Q))
    (found,) = ask("parallel-not-set", settings=settings)
    assert found.severity is Severity.INFO
    assert L in found.title
    assert Q in found.title


@pytest.mark.parametrize(
    "setting",
    [
        frames.setting(N, "4", "4", SettingStatus.SET),
        frames.setting(N, configured="4", status=SettingStatus.PENDING),
        frames.setting(N, status=SettingStatus.SHELL_ONLY),
        frames.setting(N, frames.DENIED, status=SettingStatus.UNKNOWN),
    ],
)
def test_parallel_that_is_set_or_unknown_or_told_otherwise(setting: frames.Setting) -> None:
    assert ask("parallel-not-set", settings=(setting,)) == []


# env-only-in-shell


def test_a_variable_of_the_shell() -> None:
    setting = frames.setting(N, status=SettingStatus.SHELL_ONLY, shell=Known("4", Source.PROCESSES))
    server = frames.server(manager=Known(Keeper.SYSTEMD, Source.PROCESSES))
    (found,) = ask("env-only-in-shell", settings=(setting,), server=server)
    assert "OLLAMA_NUM_PARALLEL=4 is set in your shell only" in found.title
    assert found.cause == "ollama.service is started by systemd, which reads no shell's profile."
    assert changes_of(found) == {N: "4"}


def test_a_host_in_the_shell_is_for_clients() -> None:
    setting = frames.setting(
        "OLLAMA_HOST", status=SettingStatus.SHELL_ONLY, shell=Known("gpu-box", Source.PROCESSES)
    )
    assert ask("env-only-in-shell", settings=(setting,)) == []


# edited-not-restarted


def test_configured_and_not_running() -> None:
    setting = frames.setting(N, configured="4", status=SettingStatus.PENDING)
    kept = frames.service(frames.said(N, "4"), changed_at=JUST_NOW)
    (found,) = ask("edited-not-restarted", settings=(setting,), service=kept)
    assert "OLLAMA_NUM_PARALLEL=4 is configured, and the server still runs" in found.title
    assert found.cause.startswith("systemd has read the files")
    assert command_of(found) == "sudo sh -c systemctl daemon-reload && systemctl restart ollama.service"
    assert found.settle is None


def test_configured_and_not_even_read_by_systemd() -> None:
    setting = frames.setting(N, configured="4", status=SettingStatus.PENDING)
    kept = frames.service(frames.said(N, "4"), changed_at=JUST_NOW, held=frames.Configuration())
    (found,) = ask("edited-not-restarted", settings=(setting,), service=kept)
    assert found.cause.startswith("systemd has not read the files")


def test_a_users_service_needs_no_root() -> None:
    setting = frames.setting(N, configured="4", status=SettingStatus.PENDING)
    server = frames.server(manager=Known(Keeper.SYSTEMD_USER, Source.PROCESSES))
    (found,) = ask("edited-not-restarted", settings=(setting,), service=frames.service(), server=server)
    assert command_of(found).startswith("sh -c systemctl --user daemon-reload")


def test_newer_files_with_a_process_that_may_not_be_read() -> None:
    setting = frames.setting(N, frames.DENIED, "4", SettingStatus.UNKNOWN)
    (found,) = ask("edited-not-restarted", settings=(setting,), service=frames.service(changed_at=JUST_NOW))
    assert "may still run" in found.title
    assert found.settle == "sudo cat /proc/1234/environ tells what the running server has"


def test_nothing_waits_for_a_restart() -> None:
    settings = (frames.setting(N, "4", "4", SettingStatus.SET),)
    assert ask("edited-not-restarted", settings=settings, service=frames.service(changed_at=JUST_NOW)) == []
    assert ask("edited-not-restarted", settings=settings) == []


def test_of_many_two_are_named_and_what_is_not_known_is_said_once() -> None:
    names = (N, L, Q, "OLLAMA_KEEP_ALIVE")
    settings = tuple(frames.setting(each, frames.DENIED, "7", SettingStatus.UNKNOWN) for each in names)
    (found,) = ask("edited-not-restarted", settings=settings, service=frames.service(changed_at=JUST_NOW))
    assert found.title.startswith(f"{N}=7, {L}=7 and 2 more are configured, and the server may still run")
    assert [each.text for each in found.evidence if "is not known" in each.text] == [
        f"what process 1234 has is not known: {frames.DENIED.hint}"
    ]
    assert sum("says" in each.text for each in found.evidence) == 4


def test_a_server_that_does_not_run_runs_with_nothing_old() -> None:
    setting = frames.setting(N, frames.DENIED, "4", SettingStatus.UNKNOWN)
    down = frames.service(changed_at=JUST_NOW, is_running=False)
    assert ask("edited-not-restarted", settings=(setting,), service=down) == []


# overridden


@pytest.mark.parametrize(
    ("places", "loser"),
    [((UNIT, FILE), "4"), ((OTHER, frames.DROP_IN), "4"), ((frames.DROP_IN, FILE), "4")],
)
def test_one_place_wins_over_another(places: tuple[Place, Place], loser: str) -> None:
    kept = frames.service(frames.said(N, loser, places[0]), frames.said(N, "2", places[1]))
    (found,) = ask("overridden", service=kept)
    assert found.title == f"{N}=4 in {places[0]} has no effect: {places[1]} sets it to 2"
    assert changes_of(found) == {N: "4"}


def test_taken_away() -> None:
    kept = frames.service(frames.said(N, "4"), frames.said(N, None, OTHER))
    (found,) = ask("overridden", service=kept)
    assert found.title.endswith("a.conf:3 takes it away")


@pytest.mark.parametrize(
    "said",
    [
        (frames.said(N, "2", UNIT), frames.said(N, "4")),
        (frames.said(N, "4", OTHER), frames.said(N, "4", FILE)),
        (frames.said(N, "4"),),
    ],
)
def test_overriding_as_one_should_is_no_finding(said: tuple[frames.Assignment, ...]) -> None:
    assert ask("overridden", service=frames.service(*said)) == []


# invalid-value


@pytest.mark.parametrize(
    ("name", "text", "mend"),
    [
        (N, "four", "4"),
        (N, "4.0", "4"),
        (N, "-1", None),
        (N, "0", None),
        (N, "999", None),
        ("OLLAMA_FLASH_ATTENTION", "on", "1"),
        ("OLLAMA_FLASH_ATTENTION", "off", "0"),
        ("OLLAMA_KV_CACHE_TYPE", "q8", None),
        ("OLLAMA_KEEP_ALIVE", "5 minutes", None),
    ],
)
def test_values_that_do_not_mean_what_they_seem_to(name: str, text: str, mend: str | None) -> None:
    (found,) = ask("invalid-value", settings=(frames.setting(name, text),))
    assert found.title.startswith(f"{name}={text} does not mean what it seems to")
    assert found.subject == name
    assert changes_of(found) == {name: mend}


@pytest.mark.parametrize(
    ("text", "mend"), [(f"export {N}=4", "4"), (f"{N}:4", "4"), (f"export {N}", None), (f"{N}=four", "4")]
)
def test_lines_that_have_no_effect(text: str, mend: str | None) -> None:
    kept = frames.service(rejected=(Rejected(text, frames.DROP_IN, "it is the shell's"),))
    (found,) = ask("invalid-value", service=kept)
    assert found.cause == "It is the shell's."
    assert changes_of(found) == {N: mend}


@pytest.mark.parametrize("text", ["4", " '4' ", "256"])
def test_values_that_count(text: str) -> None:
    assert ask("invalid-value", settings=(frames.setting(N, text),)) == []


def test_a_value_of_a_variable_that_this_version_does_not_read_is_another_matter() -> None:
    assert ask("invalid-value", settings=(frames.setting("OLLAMA_NEW_ENGINE", "yes"),)) == []


WRONG = "OLLAMA_NUM_PARALELL"


@pytest.mark.parametrize(
    "wrong",
    [
        frames.setting(WRONG, "4", "4", SettingStatus.FOREIGN),
        frames.setting(WRONG, configured="4", status=SettingStatus.PENDING),
    ],
)
def test_a_name_that_is_misspelt(wrong: Setting) -> None:
    (found,) = ask("invalid-value", settings=(frames.setting(N), wrong))
    assert found.title == f"{WRONG}=4 has no effect: Ollama reads {N}"
    assert changes_of(found) == {N: "4", WRONG: None}


@pytest.mark.parametrize(
    "settings",
    [
        (frames.setting(N, "4", "4", SettingStatus.SET), frames.setting(WRONG, "8", "8")),
        (frames.setting(N, status=SettingStatus.UNKNOWN), frames.setting(WRONG, "8", "8")),
        (frames.setting(N), frames.setting("OLLAMA_MODEL", "llama3", status=SettingStatus.FOREIGN)),
        (frames.setting(N), frames.setting(WRONG, shell=Known("4", Source.PROCESSES))),
    ],
)
def test_a_name_that_is_no_misspelling_or_does_no_harm(settings: tuple[Setting, ...]) -> None:
    assert ask("invalid-value", settings=settings) == []


# unit-file-edited


def test_the_units_own_file_was_edited() -> None:
    kept = frames.service(frames.said(N, "4", UNIT), frames.said(Q, "9", UNIT))
    (found,) = ask("unit-file-edited", service=kept)
    assert found.title == f"the next install of Ollama takes away {N}, {Q}"
    assert changes_of(found) == {N: "4", Q: "9"}


@pytest.mark.parametrize(
    "place", [frames.DROP_IN, FILE, Place(Layer.UNIT, "/usr/lib/systemd/system/ollama.service", 9)]
)
def test_other_places_survive_an_install(place: Place) -> None:
    assert ask("unit-file-edited", service=frames.service(frames.said(N, "4", place))) == []


# listens-everywhere


@pytest.mark.parametrize("text", ["0.0.0.0", "0.0.0.0:11434", "http://0.0.0.0:80", "[::]:11434", ":11434"])
def test_everybody_can_reach_it(text: str) -> None:
    (found,) = ask("listens-everywhere", settings=(frames.setting("OLLAMA_HOST", text),))
    assert changes_of(found) == {"OLLAMA_HOST": "127.0.0.1"}


@pytest.mark.parametrize("text", ["127.0.0.1", "[::1]:11434", "::1", "192.0.2.7:11434", "gpu-box"])
def test_not_everybody_can(text: str) -> None:
    assert ask("listens-everywhere", settings=(frames.setting("OLLAMA_HOST", text),)) == []
    assert ask("listens-everywhere", settings=(frames.setting("OLLAMA_HOST"),)) == []
