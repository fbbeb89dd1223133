"""Standard output is data, line by line; who stops reading or interrupts is not told off."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from answering import Answering, Asked
from running import NOBODY, ROOT, command, run_together


@contextmanager
def started(*words: str, stdout: int | IO[str] = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """A process that does not outlive the test."""
    stderr = subprocess.PIPE
    with subprocess.Popen(
        command(*words), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


WATCH = ("show", "--watch", "--interval", "0.2", "--host", NOBODY)


def lines(process: subprocess.Popen[str], number: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(number)]


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code, and what was said on standard error."""
    _, said = process.communicate(timeout=20)
    return process.returncode, said


def test_watching_in_json_is_one_document_a_line_each_flushed_until_ctrl_c() -> None:
    with started(*WATCH, "--json") as process:
        documents = [json.loads(line) for line in lines(process, 3)]
        process.send_signal(signal.SIGINT)
        assert end(process) == (130, "")
    moments = [each["taken_at"] for each in documents]
    assert moments == sorted(set(moments))
    assert {each["format"] for each in documents} == {"ollama-top/1"}


def test_watching_in_plain_text_is_set_apart_by_empty_lines_until_ctrl_c() -> None:
    with started(*WATCH) as process:
        printed = lines(process, 20)
        process.send_signal(signal.SIGINT)
        assert end(process) == (130, "")
    heads = [at for at, line in enumerate(printed) if line.startswith("http://")]
    assert len(heads) > 1
    assert all(printed[at - 1] == "\n" for at in heads[1:])


def test_ctrl_c_while_a_server_keeps_it_waiting() -> None:
    def stuck(_: Asked) -> Iterable[bytes]:
        is_asked.set()
        time.sleep(30)
        yield b""

    is_asked = threading.Event()
    with Answering(stuck) as server, started("show", "--json", "--host", server.url) as process:
        assert is_asked.wait(20)
        began_s = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert end(process) == (130, "")
        assert time.monotonic() - began_s < 2


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_reader_that_has_seen_enough_ends_it_quietly(words: list[str]) -> None:
    with started(*WATCH, *words) as process:
        assert lines(process, 1)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait(timeout=20)) == ("", 0)


def test_head_takes_one_line_and_nobody_complains() -> None:
    pipe = ["sh", "-c", '"$@" | head -1', "sh", *command("show", "--json", "--host", NOBODY)]
    done = subprocess.run(pipe, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a /dev/full")
@pytest.mark.parametrize("words", [[], ["--json"], ["--json", "--watch"]])
def test_a_disk_that_is_full_is_named(words: list[str]) -> None:
    with (
        Path("/dev/full").open("w") as full,
        started("show", "--host", NOBODY, *words, stdout=full) as process,
    ):
        assert end(process) == (74, "ollama-top: the output cannot be written: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["show", "-h"]])
def test_help_that_does_not_fit_on_a_disk_is_a_failure(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full, started(*words, stdout=full) as process:
        assert end(process) == (74, "ollama-top: the output cannot be written: No space left on device\n")


def test_output_that_is_closed_cannot_be_written() -> None:
    shell = ["sh", "-c", '"$@" >&-', "sh", *command("show", "--json", "--host", NOBODY)]
    done = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (74, "")
    assert done.stderr == "ollama-top: the output cannot be written: there is no standard output\n"


def test_colour_is_no_matter_of_plain_text() -> None:
    colours: list[dict[str, str]] = [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "TERM": "dumb"}]
    runs = run_together(*((["show", "--host", NOBODY], each) for each in colours))
    lines = [each.stdout.splitlines() for each in runs]
    (text,) = {" ".join(line for line in each if not line.startswith("host ")) for each in lines}
    assert text.isprintable()


def test_options_stand_before_the_command_or_after_it() -> None:
    ways = [
        f"show --json --host {NOBODY} --interval 3",
        f"--host {NOBODY} --interval 3 show --json",
        f"--host {NOBODY} show --interval 3 --json",
        f"--host 127.0.0.1:9 show --json --host {NOBODY}",
    ]
    runs = run_together(*((line.split(), {"OLLAMA_HOST": "127.0.0.1:9"}) for line in ways))
    assert [url(each) for each in runs] == [f"http://{NOBODY}"] * 4


def test_the_server_is_the_options_then_the_environments_then_the_files(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("host = '127.0.0.1:3'")
    words = ["--config", str(config), "show", "--json"]
    runs = run_together(
        ([*words, "--host", NOBODY], {"OLLAMA_HOST": "127.0.0.1:2"}),
        (words, {"OLLAMA_HOST": "127.0.0.1:2"}),
        (words, {}),
    )
    assert [url(each) for each in runs] == ["http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"]


def url(done: subprocess.CompletedProcess[str]) -> str:
    return str(json.loads(done.stdout)["server"]["url"])


def test_the_demo_is_marked_and_asks_no_server() -> None:
    ways = (["--demo", "show", "--json"], ["show", "--demo", "--json"])
    for done in run_together(*((words, {"OLLAMA_HOST": "ftp://nowhere"}) for words in ways)):
        assert (done.returncode, done.stderr) == (0, "")
        document = json.loads(done.stdout)
        assert document["demo"] is True
        assert document["models"]
