"""Who keeps a server on macOS, and what its next start would get; launchctl is a stand-in."""

import os
from pathlib import Path

import frames
import pytest
from macs import APP_JOB, BREW_JOB, Mac

from ollama_top.model.configuration import Layer
from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.model.server import Keeper
from ollama_top.model.service import Author, Service
from ollama_top.services.cgroup import Membership
from ollama_top.services.macos import files
from ollama_top.services.macos.service import keeper_of, read_app, read_job

APP_PROGRAM = "/Applications/Ollama.app/Contents/MacOS/Ollama"
SHELL = "-zsh"


def job(mac: Mac, label: str | None = BREW_JOB) -> Reading[Service]:
    return read_job(label, mac.home, 501, frames.NOW)


def known(found: Reading[Service]) -> Service:
    assert isinstance(found, Known)
    return found.value


def last(service: Service, name: str) -> tuple[str | None, Layer] | None:
    said = service.configuration.said(name)
    return (said[-1].value, said[-1].place.layer) if said else None


@pytest.mark.parametrize(
    ("pid", "parent", "program", "kept"),
    [
        (300, 17810, APP_PROGRAM, Membership(Keeper.APP, "Ollama.app")),
        (24901, 1, "/sbin/launchd", Membership(Keeper.LAUNCHD, BREW_JOB)),
        (300, 1, "/sbin/launchd", Membership(Keeper.LAUNCHD, None)),
        (300, 299, SHELL, Membership(Keeper.MANUAL, None)),
    ],
)
def test_who_keeps_it(mac: Mac, pid: int, parent: int, program: str, kept: Membership) -> None:
    mac.tells("/none")
    assert keeper_of(pid, parent, program) == kept


def test_without_launchctl_only_the_parent_tells(mac: Mac) -> None:
    mac.launchctl(None)
    assert keeper_of(24901, 1, "/sbin/launchd") == Membership(Keeper.LAUNCHD, None)


def test_a_service_of_homebrews(mac: Mac) -> None:
    path = mac.plist()
    mac.tells(path)
    found = known(job(mac))
    assert (found.name, found.manager, found.author, found.known_as) == (
        BREW_JOB,
        "launchd",
        Author.HOMEBREW,
        "ollama",
    )
    assert found.files == (str(path),)
    assert found.is_running
    assert not found.needs_reload
    assert last(found, "OLLAMA_NUM_PARALLEL") == ("4", Layer.SESSION)
    assert last(found, "OLLAMA_KV_CACHE_TYPE") == ("q8_0", Layer.UNIT)
    assert isinstance(found.changed_at, Missing)
    assert found.changed_at.why is Why.UNSUPPORTED


def test_a_file_that_was_edited_is_ahead_of_what_launchd_holds(mac: Mac) -> None:
    mac.tells(mac.plist("f16"))
    found = known(job(mac))
    assert found.needs_reload
    assert last(found, "OLLAMA_KV_CACHE_TYPE") == ("f16", Layer.UNIT)


def test_a_persons_own_file_goes_before_the_formula(mac: Mac) -> None:
    mac.tells(mac.plist())
    mac.write(".homebrew/services/ollama.env", "# mine\nOLLAMA_KV_CACHE_TYPE=f16\nEDITOR=vi\n")
    found = known(job(mac))
    assert last(found, "OLLAMA_KV_CACHE_TYPE") == ("f16", Layer.DROP_IN)
    assert found.configuration.said("OLLAMA_KV_CACHE_TYPE")[-1].place.line == 2
    assert "EDITOR" not in found.configuration.names()


def test_where_brew_looks_for_a_persons_files(mac: Mac, monkeypatch: pytest.MonkeyPatch) -> None:
    mac.tells(mac.plist())
    monkeypatch.setenv("XDG_CONFIG_HOME", str(mac.home / "config"))
    monkeypatch.setenv("HOMEBREW_USER_CONFIG_HOME", str(mac.home / "another"))  # brew sets it itself
    mac.write("config/homebrew/services/ollama.env", "OLLAMA_KV_CACHE_TYPE=f16\n")
    assert last(known(job(mac)), "OLLAMA_KV_CACHE_TYPE") == ("f16", Layer.DROP_IN)


@pytest.mark.parametrize("text", ["no property list", "<plist><dict>"])
def test_a_file_that_cannot_be_read_leaves_all_open(mac: Mac, text: str) -> None:
    mac.tells(mac.write("Library/LaunchAgents/x.plist", text))
    unread = known(job(mac)).configuration.unread_for("OLLAMA_NUM_PARALLEL")
    assert unread is not None
    assert "property list" in unread.why


def test_a_pipe_in_place_of_a_file_is_not_waited_for(mac: Mac) -> None:
    pipe = mac.write(".homebrew/services/ollama.env", "")
    pipe.unlink()
    os.mkfifo(pipe)
    mac.tells(pipe)
    assert known(job(mac)).configuration.unread_for("OLLAMA_HOST") is not None


def test_a_file_is_read_to_a_limit(mac: Mac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LIMIT_BYTES", 4)
    assert files.text_of(mac.write("long", "123456")) == "1234"


def test_a_job_without_a_file_leaves_all_open(mac: Mac) -> None:
    mac.tells("(submitted by somebody)")
    assert known(job(mac)).configuration.unread_for("OLLAMA_HOST") is not None
    mac.tells("/nowhere.plist")
    assert known(job(mac)).configuration.unread_for("OLLAMA_HOST") is not None


@pytest.mark.parametrize("label", [None, "org.example.other"])
def test_a_job_that_is_not_shown(mac: Mac, label: str | None) -> None:
    mac.tells("/none")
    found = job(mac, label)
    assert isinstance(found, Missing)
    assert found.why is Why.DENIED


def app(mac: Mac, pid: int = 17810) -> Service:
    return known(read_app(pid, mac.home, 501, frames.NOW))


def test_the_app_passes_on_what_the_session_has_and_its_settings_win(mac: Mac) -> None:
    mac.tells(APP_PROGRAM, APP_JOB)
    mac.app_settings(context_length=8192, expose=1)
    found = app(mac)
    assert (found.name, found.author) == ("Ollama.app", Author.APP)
    assert last(found, "OLLAMA_NUM_PARALLEL") == ("4", Layer.SESSION)
    assert last(found, "OLLAMA_CONTEXT_LENGTH") == ("8192", Layer.APP)
    assert last(found, "OLLAMA_HOST") == ("0.0.0.0", Layer.APP)
    assert last(found, "OLLAMA_NO_CLOUD") == ("0", Layer.APP)
    assert last(found, "OLLAMA_MODELS") is None


def test_reading_the_apps_database_leaves_nothing_behind(mac: Mac) -> None:
    mac.tells(APP_PROGRAM, APP_JOB)
    path = mac.app_settings(context_length=8192)
    before = sorted(path.parent.iterdir())
    app(mac)
    assert sorted(path.parent.iterdir()) == before


def test_the_usual_folder_is_named_by_the_app_and_another_that_is_gone_is_not(mac: Mac) -> None:
    mac.tells(APP_PROGRAM, APP_JOB)
    (mac.home / ".ollama/models").mkdir(parents=True)
    mac.write(".ollama/server.json", '{"disable_ollama_cloud": true}')
    path = mac.app_settings()
    assert last(app(mac), "OLLAMA_MODELS") == (str(mac.home / ".ollama/models"), Layer.APP)
    assert last(app(mac), "OLLAMA_NO_CLOUD") == ("1", Layer.APP)
    path.unlink()
    path.parent.rmdir()
    mac.app_settings(models="/gone")
    found = app(mac)
    assert last(found, "OLLAMA_MODELS") is None
    assert [each.text for each in found.configuration.rejected] == ["OLLAMA_MODELS=/gone"]


def test_an_app_without_settings_of_its_own(mac: Mac) -> None:
    mac.tells(APP_PROGRAM, APP_JOB)
    assert app(mac).configuration.names() == {"OLLAMA_NUM_PARALLEL"}


def test_settings_that_cannot_be_read_leave_open_what_they_set(mac: Mac) -> None:
    mac.tells(APP_PROGRAM, APP_JOB)
    mac.write("Library/Application Support/Ollama/db.sqlite", "no database" * 99)
    configuration = app(mac).configuration
    assert configuration.unread_for("OLLAMA_HOST") is not None
    assert configuration.unread_for("OLLAMA_NUM_PARALLEL") is None


def test_an_app_whose_job_is_not_shown_leaves_all_open(mac: Mac) -> None:
    mac.tells(APP_PROGRAM, APP_JOB)
    assert app(mac, pid=5).configuration.unread_for("OLLAMA_NUM_PARALLEL") is not None


def test_nothing_is_asked_that_changes_something(mac: Mac) -> None:
    asked: Path = mac.tells(mac.plist())
    job(mac)
    app(mac)
    assert {line.split()[0] for line in asked.read_text().splitlines()} == {"print", "list"}
