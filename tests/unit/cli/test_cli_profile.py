"""`profile` as people run it: what it prints, what it keeps, and its exit codes."""

import io
import json
import os
import re
import tomllib
from pathlib import Path

import pytest
from answering import Answering, ollama
from captured import NEWEST, Capture
from running import NOBODY, run, run_together

from ollama_top import cli
from ollama_top.config.machine import this_machine


class Ran:
    """What came of a command line."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def profile(capsys: pytest.CaptureFixture[str]) -> "Profiler":
    return Profiler(capsys)


class Profiler:
    """Runs `ollama-top profile`, in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Ran:
        code = cli.run(["profile", *words])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)


def path() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "ollama-top" / "profiles.toml"


def test_values_are_kept_shown_and_deleted(profile: Profiler) -> None:
    saved = profile("save", "night", "NUM_PARALLEL=4", "OLLAMA_KEEP_ALIVE=30m", "OLLAMA_ORIGINS=")
    assert (saved.code, saved.err) == (0, f"ollama-top: saved night in {path()}, for {this_machine().name}\n")
    shown = profile("show", "night")
    assert shown.out == saved.out
    assert re.findall(r"OLLAMA_\S+(?: \(taken away\))?", shown.out) == [
        "OLLAMA_NUM_PARALLEL=4",
        "OLLAMA_KEEP_ALIVE=30m",
        "OLLAMA_ORIGINS (taken away)",
    ]
    machine = tomllib.loads(path().read_text())["machine"][this_machine().id]
    assert machine == {
        "name": this_machine().name,
        "profile": {"night": {"OLLAMA_NUM_PARALLEL": "4", "OLLAMA_KEEP_ALIVE": "30m", "OLLAMA_ORIGINS": ""}},
    }
    assert profile("list").out.startswith("night         OLLAMA_NUM_PARALLEL=4 OLLAMA_KEEP_ALIVE=30m ")
    gone = profile("delete", "night")
    assert (gone.code, gone.out) == (0, shown.out)
    assert "night" not in profile("list").out


def test_one_that_is_there_is_replaced_only_when_that_is_wanted(profile: Profiler) -> None:
    profile("save", "night", "NUM_PARALLEL=4")
    before = path().read_bytes()
    refused = profile("save", "night", "NUM_PARALLEL=8")
    assert (refused.code, refused.out) == (64, "")
    assert "there is a profile night already, in line 7: --replace takes its place" in refused.err
    assert path().read_bytes() == before
    assert profile("save", "night", "NUM_PARALLEL=8", "--replace").code == 0
    assert path().read_bytes() == before.replace(b'"4"', b'"8"')


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["save", "a/b", "NUM_PARALLEL=4"], "'a/b' is no name for a profile"),
        (["save", "a\x1b[2Jb", "NUM_PARALLEL=4"], "is no name for a profile"),
        (["save", "throughput", "NUM_PARALLEL=4"], "throughput is built in: choose another name"),
        (["save", "x", "NUM_PARALLEL"], "'NUM_PARALLEL' is no NAME=VALUE"),
        (["save", "x", "NUM_PARALLEL=four"], "'four' is no whole number"),
        (["save", "x", "NUM_PARALLEL=4", "OLLAMA_NUM_PARALLEL=5"], "OLLAMA_NUM_PARALLEL is given twice"),
        (["save", "x", "PATH=/bin"], "'PATH' is no variable of Ollama's"),
        (["save", "x", "ORIGINS=a\nb"], "a line break or another control character"),
        (["save", "x", f"ORIGINS={'y' * (1 << 20)}"], "1048576 bytes are more than the 100000"),
        (["save", "x", "OLLAMA_API_KEY=hush"], "it may be a secret"),
        (["show", "x"], "there is no profile 'x'; there are one-model, throughput, long-context, defaults"),
        (["diff", "x"], "there is no profile 'x'"),
        (["delete", "x"], "there is no profile 'x'"),
        (["delete", "defaults"], "defaults is built in, and cannot be deleted"),
        (["export", "x"], "there is no profile 'x'"),
        (["import", "/nowhere/x"], "/nowhere/x: no such file"),
        (["import", "/dev/null"], "/dev/null: it is no plain file"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_no_file(
    profile: Profiler, words: list[str], problem: str
) -> None:
    done = profile(*words)
    assert (done.code, done.out) == (64, "")
    assert problem in done.err
    assert done.err.strip().isprintable()
    assert "hush" not in done.err
    assert not path().exists()


def test_an_unknown_name_is_kept_with_a_word_of_warning(profile: Profiler) -> None:
    done = profile("save", "x", "OLLAMA_NUM_PARALEL=4")
    assert done.code == 0
    assert "is OLLAMA_NUM_PARALLEL meant?" in done.out


@pytest.mark.parametrize("words", [["list"], ["show", "x"], ["save", "x", "NUM_PARALLEL=4"], ["delete", "x"]])
def test_a_broken_file_is_named_by_line_and_key_and_let_be(profile: Profiler, words: list[str]) -> None:
    path().parent.mkdir(parents=True)
    path().write_text("[machine.x]\nname = \n")
    done = profile(*words)
    assert (done.code, done.out) == (64, "")
    assert done.err.startswith(f"ollama-top: {path()}:2: near 'name': Invalid value")
    assert path().read_text() == "[machine.x]\nname = \n"


def test_what_is_wrong_in_the_file_is_noted_and_the_rest_goes_on(profile: Profiler) -> None:
    profile("save", "night", "NUM_PARALLEL=4")
    with path().open("a") as opened:
        opened.write("OLLAMA_DEBUG = 0.5\nOLLAMA_KEEP_ALIVE = 'soon'\n[nonsense]\n")
    listed = profile("list")
    assert "night         OLLAMA_NUM_PARALLEL=4\n" in listed.out
    assert f"note: {path()}:10: OLLAMA_KEEP_ALIVE: 'soon' is no time" in listed.out
    assert f"ollama-top: {path()}:9: OLLAMA_DEBUG in profile night must be text" in listed.err
    assert f"ollama-top: {path()}:11: unknown key 'nonsense'" in listed.err
    assert profile("show", "night").err == listed.err


def test_it_cannot_be_written_is_an_exit_code_of_its_own(
    profile: Profiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/proc/nowhere")
    done = profile("save", "night", "NUM_PARALLEL=4")
    assert (done.code, done.out) == (74, "")
    assert "/proc/nowhere/ollama-top/profiles.toml: nothing is written, " in done.err


def test_the_demo_has_profiles_of_its_own(profile: Profiler) -> None:
    profile("save", "night", "NUM_PARALLEL=4")
    saved = profile("save", "now", "--demo")
    assert (saved.code, saved.err.split()[-2:]) == (0, ["the", "demo"])
    assert "OLLAMA_NUM_PARALLEL=2\n" in saved.out
    listed = profile("list", "--demo").out
    assert listed.startswith("now ")
    assert f"of other machines, in the same file: {this_machine().name}" in listed
    assert "now" not in profile("list").out.split()


def test_a_profile_is_compared_with_what_the_server_has(profile: Profiler) -> None:
    profile("save", "now", "--demo")
    same = profile("diff", "now", "--demo")
    assert (same.code, same.out.splitlines()[0]) == (0, "now: the server has it")
    profile("save", "more", "NUM_PARALLEL=8", "KEEP_ALIVE=1h", "--demo")
    other = profile("diff", "more", "--demo")
    lines = other.out.splitlines()
    assert (other.code, lines[0]) == (1, "more: 2 of 2 differ from what the server has")
    assert lines[3].split() == ["OLLAMA_NUM_PARALLEL", "8", "2", "2", "differs"]
    assert "NUM_PARALLEL 2 -> 8: +" in other.out
    assert "sudo systemctl daemon-reload" in other.out


@pytest.mark.parametrize("name", ["one-model", "throughput", "long-context", "defaults"])
def test_what_is_worked_out_can_be_shown_compared_and_exported(profile: Profiler, name: str) -> None:
    shown = profile("show", name, "--demo", "--json")
    document = json.loads(shown.out)
    assert (document["name"], document["origin"], document["unknown"]) == (name, "built-in", None)
    assert document["changes"]
    assert profile("diff", name, "--demo").code == 1
    exported = tomllib.loads(profile("export", name, "--demo").out)["profile"][name]
    assert exported == {each["name"]: each["value"] or "" for each in document["changes"]}


def test_documents_name_what_is_missing(profile: Profiler) -> None:
    profile("save", "night", "NUM_PARALLEL=4")
    shelf = json.loads(profile("list", "--json").out)
    assert (shelf["machine"], shelf["file"]) == (this_machine().id, str(path()))
    assert shelf["profiles"][0]["name"] == "night"
    compared = json.loads(profile("diff", "one-model", "--demo", "--json").out)
    assert compared["differences"][0]["configured"] is None
    assert compared["missing"]["/differences/0/configured"]["why"] == "absent"


def test_profiles_go_to_another_machine_through_a_file(
    profile: Profiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile("save", "night", "NUM_PARALLEL=4", "HOST=")
    file = tmp_path / "night.toml"
    assert profile("export", "night", str(file)).code == 0
    assert profile("export", "night", str(file)).code == 74
    text = profile("export", "night").out
    assert text == file.read_text()
    there = profile("import", str(file))
    assert (there.code, there.out) == (64, "")
    assert "there is a profile night already" in there.err
    assert profile("import", str(file), "--replace").code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(text.replace("night", "day")))
    assert profile("import", "-").out.startswith("day, saved\n    OLLAMA_NUM_PARALLEL=4\n")
    file.write_text(text + "\n[profile.new]\nOLLAMA_DEBUG = '1'\n[profile.defaults]\n")
    before = path().read_bytes()
    assert "defaults is built in" in profile("import", str(file), "--replace").err
    assert path().read_bytes() == before


def test_of_a_server_that_cannot_be_read_the_reason_is_told() -> None:
    words = (["diff", "one-model"], ["show", "throughput"], ["save", "now"])
    compared, worked_out, saved = run_together(
        *((["profile", *each, "--host", NOBODY], {}) for each in words)
    )
    assert "not known: no process of this machine listens on port 1\n" in compared.stdout
    assert (compared.returncode, compared.stderr) == (2, "")
    assert "\nnot known here: no model is loaded: " in worked_out.stdout
    assert (saved.returncode, saved.stdout) == (2, "")
    assert saved.stderr.startswith("ollama-top: what the server has been given is not known: no process ")


def test_of_a_server_behind_a_tunnel_nothing_is_worked_out_from_this_machines_memory() -> None:
    with Answering(ollama(Capture(NEWEST))) as server:
        done = run("profile", "show", "throughput", "--host", server.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nnot known here: how gemma3:270m is served now is not known: port " in done.stdout
    assert "OLLAMA_NUM_PARALLEL" not in done.stdout


def test_a_command_has_to_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["profile"]) == 64
    assert "the following arguments are required: COMMAND" in capsys.readouterr().err
    assert cli.run(["profile", "apply", "x"]) == 64
