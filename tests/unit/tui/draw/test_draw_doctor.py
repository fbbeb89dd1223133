"""What the page of the doctor says."""

from dataclasses import replace

import found
import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import Line, Role
from ollama_top.model.finding import Confidence, Evidence, Finding, to_run, to_set
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Source
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.doctor import doctor_page, mended_by_setting
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.view import View

N = "OLLAMA_NUM_PARALLEL"
PLAIN = found.finding()


def view(frame: Frame | None) -> View:
    return View(frame, "", 2.0)


def text(lines: list[Line]) -> list[str]:
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def doctor(*findings: Finding, width: int = 80) -> list[str]:
    return text(doctor_page(view(frames.frame(findings=findings)), width))


# The doctor


def test_findings_come_as_they_are_ordered_each_with_its_mark() -> None:
    shown = doctor(found.finding(severity=Severity.ERROR), found.finding(severity=Severity.INFO))
    assert [line[:3] for line in shown if line[:1] == " " and line[1:2] != " "] == [" ✗ ", " i "]


def test_a_finding_says_why_how_it_is_known_and_what_mends_it() -> None:
    evidence = (Evidence("the runner serves 1", Source.ARGV),)
    fix = to_run("sudo", "sh", "-c", "a && b")
    assert doctor(replace(PLAIN, evidence=evidence, fix=fix, settle="what the log says")) == [
        " ▲ OLLAMA_HOST=a has no effect",
        "   So it is.",
        "   · the runner serves 1 (argv)",
        "   Not sure. what the log says",
        "   Mend: sudo sh -c 'a && b'",
        "   overridden, seen at one look",
        "",
    ]


def test_what_was_seen_again_says_so() -> None:
    again = doctor(replace(PLAIN, confidence=Confidence.CONFIRMED))
    assert "   overridden, seen at two looks or more" in again


def test_variables_are_set_in_steps_which_keep_their_indent() -> None:
    shown = doctor(replace(PLAIN, fix=to_set(**{N: "4"})))
    assert shown[2:7] == [
        f"   Mend: set {N}=4",
        "     sudo systemctl edit ollama.service",
        "     under [Service] write",
        f'         Environment="{N}=4"',
        "     sudo systemctl restart ollama.service",
    ]


def test_nothing_found_is_good_only_where_something_was_looked_at() -> None:
    (_, line) = doctor_page(view(scenes.idle()), 80)
    assert "Nothing found that could be better." in text([line])[0]
    assert line[1].role is Role.GOOD
    (_, line) = doctor_page(view(troubles.unreachable()), 80)
    assert "could not be looked at" in text([line])[0]
    assert line[1].role is Role.NOTICE


@pytest.mark.parametrize("width", [30, 80, 200])
@pytest.mark.parametrize("scene", [found.unset, found.pending, scenes.idle], ids=lambda each: each.__name__)
def test_no_line_is_wider_than_the_page(scene: found.Scene, width: int) -> None:
    for is_numbered in (False, True):
        lines = doctor_page(view(scene()), width, is_numbered=is_numbered)
        assert all(width_of(line) <= width for line in lines)
        assert doctor_page(view(None), width, is_numbered=is_numbered) == []


def test_each_finding_that_a_variable_mends_has_a_number_where_keys_may_write() -> None:
    findings = (
        replace(PLAIN, subject="a", fix=to_run("true")),
        replace(PLAIN, subject="b", fix=to_set(OLLAMA_NUM_PARALLEL="4")),
        replace(PLAIN, subject="c", fix=to_set(OLLAMA_MAX_QUEUE="9")),
    )
    now = view(frames.frame(findings=findings))
    numbered = text(doctor_page(now, 80, is_numbered=True))
    assert [line.split()[0] for line in numbered if "shows the plan" in line] == ["1", "2"]
    assert not [line for line in text(doctor_page(now, 80)) if "shows the plan" in line]
    assert [each.subject for each in mended_by_setting(now)] == ["b", "c"]


def test_what_others_wrote_steers_nothing() -> None:
    evil = "\x1b[2J[bold]evil[/]\x7f"
    shown = doctor(
        replace(PLAIN, title=evil, cause=evil, settle=evil, evidence=(Evidence(evil, Source.LOG),))
    )
    assert all(line.isprintable() for line in shown)
    assert any("[bold]evil[/]" in line for line in shown)
