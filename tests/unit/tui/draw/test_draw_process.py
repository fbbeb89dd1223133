"""What the process screen says."""

from dataclasses import replace

import frames
import pytest
import scenes
import troubles

from ollama_top.columns.processes import PROCESSES
from ollama_top.model.frame import Frame
from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.process import process_page
from ollama_top.tui.view import View

UNLIMITED = Missing(Why.ABSENT, "unlimited")


def page(frame: Frame | None, width: int = 80) -> list[str]:
    lines = process_page(View(frame, "", 2.0), width)
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def line_of(lines: list[str], start: str) -> str:
    return next(line for line in lines if line.strip().startswith(start))


def test_the_tree_comes_first_with_what_each_process_takes() -> None:
    lines = page(scenes.busy())
    assert lines[0].split()[:3] == ["PROCESS", "3", "MODEL"]
    assert lines[1].split() == ["server", "-", "1234", "-", "3%", "300M", "24", "31", "2d4h"]
    assert lines[2].split()[:5] == ["└", "runner", "gemma3:270m", "2001", "41001"]


def test_the_servers_facts() -> None:
    lines = page(scenes.busy())
    assert line_of(lines, "started by").endswith("systemd, ollama.service")
    assert line_of(lines, "control group").endswith("/system.slice/ollama.service")
    assert line_of(lines, "up ").endswith("2d4h, since 2026-03-12 11:09:26 UTC")
    assert line_of(lines, "open files").endswith(" 31")
    assert line_of(lines, "file limit").endswith("1,024, which it may raise to 524,288")
    assert line_of(lines, "locked memory").endswith("at most 8.0M")
    assert "llama-server --model /m/qwen3:8b" in line_of(lines, "pid 2002")


def test_no_limit_is_told_as_such_and_a_limit_that_is_not_known_by_its_reason() -> None:
    lines = page(frames.frame(processes=(frames.process(open_files_limit=UNLIMITED),)))
    assert line_of(lines, "file limit").endswith(" unlimited")
    free = frames.process(open_files_hard_limit=UNLIMITED)
    assert line_of(page(frames.frame(processes=(free,))), "file limit").endswith(
        "1,024, which it may raise without a limit"
    )
    at_the_end = frames.process(open_files_hard_limit=Known(1024, Source.PROCESSES))
    assert line_of(page(frames.frame(processes=(at_the_end,))), "file limit").endswith(" 1,024")
    lines = page(frames.frame(processes=(frames.process(open_files_limit=frames.UNTOLD),)))
    assert line_of(lines, "file limit").split("  ")[-1] == frames.UNTOLD.hint


def test_variables_that_concern_it_have_values_and_all_others_names() -> None:
    environment = (
        Variable("HOME", None),
        Variable("OLLAMA_API_KEY", None),
        Variable("OLLAMA_DEBUG", ""),
        Variable("OLLAMA_NUM_PARALLEL", "2"),
    )
    lines = page(frames.frame(environment=Known(environment, Source.PROCESSES)))
    assert line_of(lines, "OLLAMA_NUM_PARALLEL").split() == ["OLLAMA_NUM_PARALLEL", "2"]
    assert "may be a secret" in line_of(lines, "OLLAMA_API_KEY")
    assert line_of(lines, "OLLAMA_DEBUG").split() == ["OLLAMA_DEBUG", "empty"]
    assert "  HOME" in lines


def test_nothing_set_is_said_to_be_nothing() -> None:
    lines = page(frames.frame(environment=Known((), Source.PROCESSES)))
    assert any("none of Ollama" in line for line in lines)
    assert not [line for line in lines if "by name only" in line]


def test_what_may_not_be_read_is_a_dash_with_its_reason() -> None:
    lines = page(troubles.denied())
    at = lines.index(" Environment")
    assert lines[at + 1].split()[0] == "-"
    assert frames.DENIED.hint in " ".join(" ".join(lines[at + 1 : at + 3]).split())


def test_a_server_elsewhere_has_one_reason_and_no_empty_headings() -> None:
    remote = troubles.remote()
    lines = page(replace(remote, snapshot=replace(remote.snapshot, processes=())))
    assert lines[1].strip() == frames.NOT_LOCAL.hint
    assert len(lines) == 2


def test_before_the_first_look_there_is_nothing_to_say() -> None:
    assert page(None) == []


@pytest.mark.parametrize("width", [1, 10, 40, 80, 200])
def test_lines_keep_to_the_width_whatever_is_in_them(width: int) -> None:
    wide = Variable("OLLAMA_" + "X" * 60, "日本語\x1b[31m " * 40)
    frame = frames.frame(environment=Known((wide,), Source.PROCESSES))
    lines = process_page(View(frame, "", 2.0), width)
    values = [line for line in lines if len(line) > 2]
    assert all(width_of(line) == width for line in values)
    assert "\x1b" not in "".join(cell.text for line in lines for cell in line)


def test_the_columns_are_those_that_were_chosen() -> None:
    chosen = replace(PROCESSES, columns=(PROCESSES.column("pid"), PROCESSES.column("kind")))
    lines = process_page(View(scenes.busy(), "", 2.0), 80, chosen)
    assert "".join(cell.text for cell in lines[0]).split()[:1] == ["PID"]
