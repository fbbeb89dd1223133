"""What is planned for each keeper's server: steps where it is sure what they do, else words for a person."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import frames
import keepers
import pytest
from apply_bare import bare_server
from world import simulated_ollama

from ollama_top.apply import planning
from ollama_top.apply.bare import CannotRespawnError, copy_of
from ollama_top.apply.planning import plan, without_restart
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.plan import StepKind
from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.services.systemd import change
from ollama_top.services.systemd.bus import Manager, Unit

N = "OLLAMA_NUM_PARALLEL"
FOUR = (Change(N, "4"),)
BY_SYSTEMD = frames.server(manager=Known(Keeper.SYSTEMD, Source.PROCESSES))
UNKNOWN = Missing(Why.DENIED, "root's")


def openrc() -> Frame:
    return keepers.frame(Keeper.OPENRC, Missing(Why.UNSUPPORTED, "no word from OpenRC"), {}, unit="ollama")


def pod() -> Frame:
    cgroup = Known("/kubepods/burstable/pod1/abc", Source.PROCESSES)
    server = frames.server(manager=Known(Keeper.CONTAINER, Source.PROCESSES), cgroup=cgroup)
    return frames.frame(server=server, service=UNKNOWN)


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (keepers.compose, "docker"),
        (keepers.app_well, "launchctl setenv"),
        (keepers.brew_well, "brew services restart"),
        (keepers.nix_well, "nixos-rebuild"),
        (keepers.snap_well, "snap"),
        (openrc, "/etc/conf.d/ollama"),
        (pod, "kubectl"),
    ],
)
def test_another_managers_server_is_not_touched(scene: Callable[[], Frame], words: str) -> None:
    of = plan(scene(), FOUR)
    assert (of.steps, of.undo, of.needs_root and of.keeper is not Keeper.SYSTEMD) == ((), (), False)
    assert of.refusal
    assert "does not change by itself" in of.refusal
    assert any(words in each for each in of.instructions), of.instructions
    assert any("OLLAMA_NUM_PARALLEL" in each for each in of.instructions) or words == "snap"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"demo": True}, "a simulation"),
        ({"server": frames.server(url="http://203.0.113.7:11434")}, "on another machine"),
        ({"server": frames.server(manager=UNKNOWN), "service": UNKNOWN}, "is not known"),
        (
            {
                "server": frames.server(
                    manager=Known(Keeper.SYSTEMD_USER, Source.PROCESSES), user=Known("sue", Source.PROCESSES)
                )
            },
            "a service of user sue: run ollama-top as sue",
        ),
        ({"server": frames.server(manager=Known(Keeper.MANUAL, Source.PROCESSES), pid=UNKNOWN)}, "not known"),
        (
            {
                "server": frames.server(
                    manager=Known(Keeper.MANUAL, Source.PROCESSES), pid=Known(4_000_000, Source.PROCESSES)
                )
            },
            "has ended",
        ),
    ],
)
def test_what_is_not_sure_is_refused(changes: dict[str, object], why: str) -> None:
    of = plan(frames.frame(**changes), FOUR)
    assert (of.steps, of.undo) == ((), ())
    assert of.refusal
    assert why in of.refusal


class Systemd:
    """A unit in a folder of the test, and what systemd says of it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "system"
        self.drop_ins = self.folder / "ollama.service.d"
        self.drop_ins.mkdir(parents=True)
        self.fragment = self.folder / "ollama.service"
        self.fragment.write_text("[Service]\nExecStart=/usr/local/bin/ollama serve\n")
        self.unit = Unit(
            *("ollama.service", "loaded", "active", "running", "success", 1234, 0, 0, None, False),
            *((), str(self.fragment), ()),
        )
        patch.setattr(planning, "read_unit", lambda *_, **__: self.unit)
        patch.setattr(planning, "read_manager", lambda **_: Manager((str(self.folder),), ()))
        patch.setattr(change, "SYSTEM_FOLDER", str(self.folder))
        patch.setattr(change, "_is_open", lambda _: False)  # the folders above are of the test's machine

    def plan(self, *changes: Change) -> planning.Plan:
        return plan(frames.frame(server=BY_SYSTEMD, service=frames.service()), changes or FOUR)


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Systemd:
    return Systemd(tmp_path, monkeypatch)


def test_a_unit_gets_a_file_of_our_own_and_a_restart(systemd: Systemd) -> None:
    of = systemd.plan()
    kinds = [each.kind for each in of.steps]
    assert kinds == [StepKind.EDIT, StepKind.RELOAD, StepKind.RESET, StepKind.RESTART]
    assert [each.kind for each in of.undo] == kinds
    assert of.steps[0].edit
    assert of.steps[0].edit.path == str(systemd.drop_ins / "50-ollama-top.conf")
    assert of.steps[3].argv == ("systemctl", "--no-ask-password", "restart", "ollama.service")
    assert (of.needs_root, of.refusal, of.restarts) == (True, None, True)
    later = without_restart(of)
    assert [each.kind for each in later.steps] == [StepKind.EDIT, StepKind.RELOAD]
    assert (later.restarts, later.costs) == (False, ())


def test_what_is_so_already_needs_no_step(systemd: Systemd) -> None:
    (systemd.drop_ins / "a.conf").write_text(f"[Service]\nEnvironment={N}=4\n")
    pending = frames.frame(server=BY_SYSTEMD, service=frames.service(), settings=(frames.setting(N),))
    assert [each.kind for each in plan(pending, FOUR).steps] == [
        StepKind.RELOAD,
        StepKind.RESET,
        StepKind.RESTART,
    ], "it is written, and the process does not have it"
    has = Known((Variable(N, "4"),), Source.PROCESSES)
    running = frames.frame(server=BY_SYSTEMD, service=frames.service(), environment=has)
    assert plan(running, FOUR).steps == ()
    assert plan(running, FOUR, is_forced=True).restarts


@pytest.mark.parametrize("state", ["masked", "not-found", "bad-setting", "error"])
def test_a_unit_that_is_not_well_is_refused(state: str, systemd: Systemd) -> None:
    systemd.unit = replace(systemd.unit, load_state=state)
    assert systemd.plan().refusal


def test_where_our_own_file_leads_elsewhere_nothing_is_written(systemd: Systemd) -> None:
    own = systemd.drop_ins / "50-ollama-top.conf"
    own.symlink_to("/dev/null")
    refusal = systemd.plan().refusal
    assert refusal
    assert "leads to /dev/null" in refusal
    own.unlink()
    own.write_text("")
    refusal = systemd.plan().refusal
    assert refusal
    assert "systemd does not read it" in refusal


def test_a_file_that_is_not_read_whole_is_not_changed(systemd: Systemd) -> None:
    text = f"[Service]\nEnvironment={N}=2\n" + "# x\n" * (1 << 18)
    (systemd.drop_ins / "60-large.conf").write_text(text)
    refusal = systemd.plan().refusal
    assert refusal
    assert "too large" in refusal


def test_root_writes_only_where_nobody_else_does(tmp_path: Path) -> None:
    assert not change._is_open(Path("/"))
    assert not change._is_open(Path("/tmp"))
    tmp_path.chmod(0o777)
    assert change._is_open(tmp_path)


def test_a_templated_units_files_are_its_own(systemd: Systemd) -> None:
    systemd.unit = replace(systemd.unit, name="ollama@gpu1.service")
    of = systemd.plan(Change("OLLAMA_ORIGINS", "50% \"x\" \\ $HOME 'y'"))
    assert of.steps[0].edit
    assert of.steps[0].edit.path.endswith("/ollama@gpu1.service.d/50-ollama-top.conf")
    (line,) = [each for hunk in of.steps[0].edit.hunks for each in hunk.after if "ORIGINS" in each]
    assert "50%%" in line


def test_another_address_is_looked_for_there_and_warned_of(systemd: Systemd) -> None:
    of = systemd.plan(Change("OLLAMA_HOST", "127.0.0.1:11500"))
    assert (of.url, of.url_then) == ("http://127.0.0.1:11434", "http://127.0.0.1:11500")
    assert not any("no address of this machine" in each for each in of.notes)
    nowhere = systemd.plan(Change("OLLAMA_HOST", "192.0.2.1"))
    assert any("is no address of this machine" in each for each in nowhere.notes)
    assert nowhere.steps != ()


def test_a_bare_server_is_started_anew_with_no_secret_in_the_plan(tmp_path: Path) -> None:
    with bare_server(tmp_path, OLLAMA_API_KEY="sk-4711", **{N: "2"}) as server:
        pid = server.pid()
        assert pid
        known = Known(Keeper.MANUAL, Source.PROCESSES)
        environment = Known((Variable(N, "2"),), Source.PROCESSES)
        one = frames.server(manager=known, pid=Known(pid, Source.PROCESSES), url=f"http://{server.host}")
        frame = frames.frame(server=one, service=UNKNOWN, environment=environment)
        of = plan(frame, FOUR)
        assert [each.kind for each in of.steps] == [StepKind.RESPAWN]
        assert of.bare
        assert (of.was, of.needs_root, of.bare.log) == ((Change(N, "2"),), False, str(server.log))
        assert "4711" not in repr(of)
        assert copy_of(pid).environment["OLLAMA_API_KEY"] == "sk-4711"
        assert plan(frame, (Change(N, "2"),)).steps == ()


def test_a_server_that_its_parent_may_start_anew_is_not_ended() -> None:
    with simulated_ollama() as server, pytest.raises(CannotRespawnError, match="may start it anew by itself"):
        copy_of(server.pid)
