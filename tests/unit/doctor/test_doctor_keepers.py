"""What the doctor finds under each keeper, and how it says that it is mended there."""

from collections.abc import Callable

import keepers
import pytest

from ollama_top.doctor.mending import steps
from ollama_top.model.finding import Finding, mend
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity

N, C = keepers.N, keepers.C


def ids(frame: Frame) -> list[str]:
    return [each.id for each in frame.findings]


def found(frame: Frame, check: str) -> Finding:
    return next(each for each in frame.findings if each.id == check)


def mended(frame: Frame, check: str) -> tuple[str, ...]:
    fix = found(frame, check).fix
    assert fix is not None
    return steps(fix, frame.snapshot) or (mend(fix),)


@pytest.mark.parametrize("scene", keepers.WELL, ids=lambda each: each.__name__)
def test_where_all_is_well_nothing_is_found(scene: Callable[[], Frame]) -> None:
    assert [each.id for each in scene().findings if each.severity is not Severity.INFO] == []
    if scene is not keepers.compose:  # which does not set the other two
        assert ids(scene()) == []


@pytest.mark.parametrize("scene", keepers.WELL, ids=lambda each: each.__name__)
def test_all_three_columns_are_known(scene: Callable[[], Frame]) -> None:
    for name in (N, "OLLAMA_KEEP_ALIVE"):
        each = next(each for each in scene().snapshot.settings if each.name == name)
        assert "DENIED" not in str(each)
        assert getattr(each.configured, "value", None) == getattr(each.running, "value", None)


def test_a_shells_variable_beside_a_container() -> None:
    frame = keepers.compose_shell()
    shown = found(frame, "env-only-in-shell")
    assert shown.cause.startswith("docker gives the container ollama what it was created with")
    assert mended(frame, "env-only-in-shell") == (
        "in /srv/ai/compose.yaml, under services, ollama, environment",
        '    write OLLAMA_MAX_QUEUE: "64"',
        "docker compose -p ai --project-directory /srv/ai -f /srv/ai/compose.yaml up -d ollama",
    )


def test_a_container_that_is_read_needs_no_word_of_its_own() -> None:
    assert "not-our-server" not in ids(keepers.compose())


def test_the_apps_slider_hides_what_the_session_has() -> None:
    frame = keepers.app_slider()
    shown = found(frame, "overridden")
    assert shown.title == (
        f"{C}=32768 in the session's environment has no effect: the app's own setting sets it to 4096"
    )
    assert shown.cause.startswith("The app's settings go before")
    assert mended(frame, "overridden") == (
        "in the app's Settings change 'Context length', so that it becomes 32768",
        "osascript -e 'quit app \"Ollama\"'",
        "for i in $(seq 20); do pgrep -x Ollama >/dev/null 2>&1 || break; sleep 1; done",
        "open -a Ollama",
    )


def test_the_app_has_to_be_opened_anew() -> None:
    frame = keepers.app_slider()
    shown = found(frame, "edited-not-restarted")
    assert f"{N}=4 is configured" in shown.title
    assert "Ollama's app passes on" in shown.cause
    (command,) = mended(frame, "edited-not-restarted")
    assert command.endswith("; done; open -a Ollama'")


def test_what_was_edited_in_homebrews_file_is_lost() -> None:
    frame = keepers.brew_edited()
    shown = found(frame, "unit-file-edited")
    assert shown.title == f"the next `brew services` restart takes away {N}"
    (reload,) = mended(frame, "edited-not-restarted")
    assert "brew" not in reload.replace("sh.brew", ""), "it would take away what was edited"
    assert f"launchctl bootstrap gui/$(id -u) {keepers.BREWED}" in reload
    first, command, _ = mended(frame, "unit-file-edited")
    assert (first, command) == (
        f"in ~/.homebrew/services/ollama.env write {N}=4",
        "brew services restart ollama",
    )


def test_nixos_is_mended_in_its_configuration() -> None:
    frame = keepers.nix_unset()
    assert "unit-file-edited" not in ids(frame)
    assert mended(frame, "parallel-not-set") == (
        "in configuration.nix write",
        f'    services.ollama.environmentVariables.{N} = "4";',
        "sudo nixos-rebuild switch",
    )


def test_the_snap_takes_its_settings_up_when_it_is_started() -> None:
    frame = keepers.snap_pending()
    assert "launcher takes its settings up" in found(frame, "edited-not-restarted").cause
    assert mended(frame, "edited-not-restarted") == ("sudo snap restart ollama",)


def test_a_file_beside_the_snaps_unit_has_to_be_read_first() -> None:
    frame = keepers.snap_edited()
    assert found(frame, "edited-not-restarted").cause.startswith("systemd has not read the files of")
    (command,) = mended(frame, "edited-not-restarted")
    assert command == "sudo sh -c 'systemctl daemon-reload && snap restart ollama'"


def test_the_snaps_own_settings_hide_those_of_its_unit() -> None:
    frame = keepers.snap_pending()
    assert "the snap's own setting sets it" in found(frame, "overridden").title
    assert mended(frame, "overridden") == (
        "sudo snap set ollama host=0.0.0.0",
        "sudo snap restart ollama",
    )
