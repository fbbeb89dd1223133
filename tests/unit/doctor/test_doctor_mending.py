"""How a variable is set, by whoever keeps the server."""

from typing import Any

import frames
import pytest

from ollama_top.doctor.mending import restart, steps
from ollama_top.model.configuration import Assignment, Layer, Place
from ollama_top.model.finding import Change, Fix, FixKind, mend, to_run, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Reading, Source
from ollama_top.model.server import Keeper
from ollama_top.model.service import Author, Service, SnapSetting

N, K = "OLLAMA_NUM_PARALLEL", "OLLAMA_KEEP_ALIVE"
FILE = Place(Layer.ENVIRONMENT_FILE, "/etc/default/ollama", 1)
UNIT = Place(Layer.UNIT, "/etc/systemd/system/ollama.service", 9)
MANAGER = Place(Layer.MANAGER, None)
DROPPED_IN = "/etc/systemd/system/ollama.service.d/override.conf:2"
RELOAD, RESTART = "sudo systemctl daemon-reload", "sudo systemctl restart ollama.service"
EDIT = ("sudo systemctl edit ollama.service", "under [Service] write")
SET = to_set(**{N: "4"})
UNSET = to_set(**{N: None})


def kept_by(keeper: Keeper | None, service: Reading[Service] = frames.BY_HAND, **server: Any) -> Snapshot:
    manager = Known(keeper, Source.PROCESSES) if keeper else frames.DENIED
    return frames.frame(server=frames.server(manager=manager, **server), service=service).snapshot


def by_systemd(*said: Assignment, fix: Fix = SET) -> tuple[str, ...]:
    return steps(fix, kept_by(Keeper.SYSTEMD, frames.service(*said)))


def test_a_file_is_dropped_in() -> None:
    assert by_systemd() == (*EDIT, f'    Environment="{N}=4"', RESTART)


@pytest.mark.parametrize("place", [UNIT, MANAGER])
def test_what_the_next_install_or_start_loses_is_overruled_by_a_file_dropped_in(place: Place) -> None:
    assert by_systemd(frames.said(N, "2", place)) == (*EDIT, f'    Environment="{N}=4"', RESTART)
    unset = by_systemd(frames.said(N, "2", place), fix=UNSET)
    assert unset == (*EDIT, f"    UnsetEnvironment={N}", RESTART)


def test_what_a_file_dropped_in_says_is_changed_there() -> None:
    assert by_systemd(frames.said(N, "2")) == (f"in {DROPPED_IN} make it {N}=4", RELOAD, RESTART)
    assert by_systemd(frames.said(N, "2"), fix=UNSET) == (f"in {DROPPED_IN} take {N} out", RELOAD, RESTART)


def test_an_environment_file_wins_and_is_what_is_changed() -> None:
    both = (frames.said(N, "4"), frames.said(N, "2", FILE))
    assert by_systemd(*both) == (f"in /etc/default/ollama:1 make it {N}=4", RELOAD, RESTART)


def test_a_value_that_is_not_known_is_changed_where_it_stands() -> None:
    hidden = Assignment(N, None, FILE, "it may be a secret")
    assert by_systemd(hidden)[0] == f"in /etc/default/ollama:1 make it {N}=4"


def test_what_takes_a_variable_away_goes_first() -> None:
    gone = by_systemd(frames.said(N, "2"), frames.said(N, None))
    assert gone == (
        f"in {DROPPED_IN} take out what takes {N} away",
        *(RELOAD, *EDIT, f'    Environment="{N}=4"', RESTART),
    )


def test_several_variables_each_where_it_belongs() -> None:
    fix = to_set(**{N: "4", K: "24h"})
    assert by_systemd(frames.said(N, "2", FILE), fix=fix) == (
        f"in /etc/default/ollama:1 make it {N}=4",
        *(RELOAD, *EDIT, f'    Environment="{K}=24h"', RESTART),
    )


@pytest.mark.parametrize(
    ("value", "written"), [("50%", "50%%"), ('a "b"', 'a \\"b\\"'), ("a\\b", "a\\\\b"), ("$HOME", "$HOME")]
)
def test_a_unit_is_written_as_systemd_reads_it(value: str, written: str) -> None:
    assert by_systemd(fix=to_set(**{N: value}))[2] == f'    Environment="{N}={written}"'
    in_place = by_systemd(frames.said(N, "2"), fix=to_set(**{N: value}))
    assert in_place[0].endswith(f" make it {N}={written}")
    assert by_systemd(frames.said(N, "2", FILE), fix=to_set(**{N: value}))[0].endswith(f"{N}={value}")


def test_a_users_own_service_needs_no_rights() -> None:
    snapshot = kept_by(Keeper.SYSTEMD_USER, frames.service(), unit=Known("mine.service", Source.PROCESSES))
    assert steps(SET, snapshot) == (
        "systemctl --user edit mine.service",
        "under [Service] write",
        f'    Environment="{N}=4"',
        "systemctl --user restart mine.service",
    )


def test_launchd() -> None:
    fix = Fix(FixKind.SET, (Change(N, "4"), Change("OLLAMA_MODELS", "/a b"), Change(K, None)), ())
    *commands, last = steps(fix, kept_by(Keeper.LAUNCHD))
    assert commands == [
        f"launchctl setenv {N} 4",
        "launchctl setenv OLLAMA_MODELS '/a b'",
        f"launchctl unsetenv {K}",
    ]
    assert last.startswith("then restart it")


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({N: "4", K: "24h"}, f"-e {N}=4 -e {K}=24h"),
        ({N: "4", K: None}, f"-e {N}=4 and without {K}"),
        ({K: None}, f"without {K}"),
    ],
)
def test_a_container(changes: dict[str, str | None], options: str) -> None:
    (step,) = steps(to_set(**changes), kept_by(Keeper.CONTAINER))
    assert step == f"create the container anew, {options}: its environment is fixed once it is there"


DOCKER = {"name": "web llm", "manager": "docker", "author": Author.RUN}
QUADLET = {"name": "llm", "manager": "podman", "author": Author.UNIT, "known_as": "llm.service"}
PLIST = "/Library/LaunchDaemons/org.ollama.plist"
JOB = {"name": "org.ollama", "manager": "launchd", "files": (PLIST,)}


def test_a_container_that_is_known_is_kept_and_another_created() -> None:
    snapshot = kept_by(Keeper.CONTAINER, frames.service(**DOCKER))
    assert steps(SET, snapshot) == (
        "create the container anew: its environment is fixed once it is there",
        "    docker inspect 'web llm' tells its volumes, ports, GPUs and image",
        "    docker stop 'web llm'",
        "    docker rename 'web llm' 'web llm-before'",
        f"    docker run -d --name 'web llm' -e {N}=4, else as before",
    )


def test_a_container_that_a_unit_creates() -> None:
    snapshot = kept_by(Keeper.CONTAINER, frames.service(**QUADLET))
    first, line, *_, last = steps(SET, snapshot)
    assert first == "in the .container file that llm.service is made of, under [Container]"
    assert line == f'    write Environment="{N}=4"'
    assert last == "systemctl --user restart llm.service"


def test_a_pod() -> None:
    cgroup = Known("/kubepods/burstable/pod1/0123", Source.PROCESSES)
    first, _ = steps(to_set(**{N: "4", K: None}), kept_by(Keeper.CONTAINER, cgroup=cgroup))
    assert first.endswith(f"under env of the container, set {N}=4 and take {K} out")


def test_openrc() -> None:
    snapshot = kept_by(Keeper.OPENRC, unit=Known("ollama", Source.PROCESSES))
    assert steps(to_set(**{N: "4", K: None}), snapshot) == (
        "in /etc/conf.d/ollama write",
        f"    export {N}=4",
        f"    unset {K}",
        "sudo rc-service ollama restart",
    )


def test_a_daemon_of_launchds_in_its_own_file() -> None:
    snapshot = kept_by(Keeper.LAUNCHD, frames.service(**JOB))
    assert steps(to_set(**{N: "4", K: None}), snapshot) == (
        f"in {PLIST}, under EnvironmentVariables",
        f"    make it {N}=4",
        f"    take {K} out",
        "sudo launchctl bootout system/org.ollama",
        "for i in $(seq 20); do launchctl print system/org.ollama >/dev/null 2>&1 || break; sleep 1; done",
        f"sudo launchctl bootstrap system {PLIST}",
    )


def test_the_app_loses_what_launchctl_sets() -> None:
    *_, last = steps(SET, kept_by(Keeper.APP, frames.service(author=Author.APP)))
    assert last == "what launchctl sets is lost at the next start of the machine"


def test_homebrew_changes_what_its_own_file_of_a_person_says() -> None:
    place = Place(Layer.DROP_IN, "/Users/jo/.homebrew/services/ollama.env", 3)
    kept = frames.service(
        frames.said(N, "2", place), **(JOB | {"author": Author.HOMEBREW, "known_as": "ollama"})
    )
    first, second, *_ = steps(to_set(**{N: "4", K: None}), kept_by(Keeper.LAUNCHD, kept))
    assert first == f"in {place} make it {N}=4"
    assert second == f"in ~/.homebrew/services/ollama.env write {K}="


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("OLLAMA_HOST", "127.0.0.1", ['    services.ollama.host = "127.0.0.1";']),
        (
            "OLLAMA_HOST",
            "http://0.0.0.0:8080",
            ['    services.ollama.host = "0.0.0.0";', "    services.ollama.port = 8080;"],
        ),
        ("OLLAMA_MODELS", "/a", ['    services.ollama.models = "/a";']),
        (K, 'a"${b}', [f'    services.ollama.environmentVariables.{K} = "a\\"\\${{b}}";']),
        (K, None, [f"    (and take {K} out of services.ollama.environmentVariables)"]),
    ],
)
def test_nixos(name: str, value: str | None, lines: list[str]) -> None:
    snapshot = kept_by(Keeper.SYSTEMD, frames.service(author=Author.NIXOS))
    _, *found, _ = steps(to_set(**{name: value}), snapshot)
    assert found == lines


def test_a_snap_sets_what_it_knows_and_the_rest_beside_its_unit() -> None:
    kept = frames.service(
        name="snap.ollama.listener.service",
        author=Author.SNAP,
        known_as="ollama",
        snap_settings=(SnapSetting("OLLAMA_CONTEXT_LENGTH", "length"), SnapSetting("OLLAMA_HOST", "host")),
    )
    found = steps(to_set(OLLAMA_CONTEXT_LENGTH="8192", OLLAMA_HOST=None, **{N: "4"}), kept_by(None, kept))
    assert found == (
        "sudo snap set ollama length=8192",
        "sudo snap unset ollama host",
        "sudo systemctl edit snap.ollama.listener.service",
        "under [Service] write",
        f'    Environment="{N}=4"',
        "sudo snap restart ollama",
    )


RELOAD_SNAP = "sudo sh -c 'systemctl daemon-reload && snap restart ollama'"


@pytest.mark.parametrize(
    ("keeper", "kept", "command"),
    [
        (Keeper.SYSTEMD, {"author": Author.SNAP, "known_as": "ollama", "needs_reload": True}, RELOAD_SNAP),
        (Keeper.CONTAINER, DOCKER, "docker restart 'web llm'"),
        (Keeper.LAUNCHD, JOB, "sh -c 'sudo launchctl kickstart -k system/org.ollama'"),
        (Keeper.LAUNCHD, JOB | {"needs_reload": True}, "sh -c 'sudo launchctl bootout system/org.ollama; "),
        (Keeper.LAUNCHD, JOB | {"files": ()}, "sh -c 'launchctl kickstart -k gui/$(id -u)/org.ollama'"),
        (Keeper.LAUNCHD, JOB | {"author": Author.HOMEBREW, "known_as": "o"}, "brew services restart o"),
        (Keeper.APP, {"author": Author.APP}, "sh -c 'osascript -e"),
        (Keeper.SYSTEMD, {"author": Author.NIXOS}, "sudo sh -c 'systemctl daemon-reload"),
        (Keeper.SYSTEMD_USER, {}, "sh -c 'systemctl --user daemon-reload"),
    ],
)
def test_how_each_is_restarted(keeper: Keeper, kept: dict[str, Any], command: str) -> None:
    service = frames.service(**kept)
    assert mend(restart(service.value, kept_by(keeper, service))).startswith(command)


def test_by_hand() -> None:
    _, command = steps(to_set(**{N: "4", "OLLAMA_ORIGINS": "a b", K: None}), kept_by(Keeper.MANUAL))
    assert command.strip() == f"env -u {K} {N}=4 'OLLAMA_ORIGINS=a b' ollama serve"


def test_whoever_keeps_it_where_that_is_not_known() -> None:
    assert steps(SET, kept_by(None)) == ("in the environment of whatever starts the server; then restart it",)


def test_a_command_says_itself_what_to_do() -> None:
    assert steps(to_run("ollama", "stop", "a"), kept_by(Keeper.SYSTEMD)) == ()
