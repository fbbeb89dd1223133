"""What the pages of the doctor and of the settings say."""

from dataclasses import replace

import found
import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import Line, Role
from ollama_top.model.finding import Confidence, Evidence, Finding, to_run, to_set
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.doctor import doctor_page
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.settings import settings_page
from ollama_top.tui.view import View

N = "OLLAMA_NUM_PARALLEL"
PLAIN = found.finding()


def view(frame: Frame | None) -> View:
    return View(frame, "", 2.0)


def text(lines: list[Line]) -> list[str]:
    return ["".join(cell.text for cell in line).rstrip() for line in lines]


def doctor(*findings: Finding, width: int = 80) -> list[str]:
    return text(doctor_page(view(frames.frame(findings=findings)), width))


def settings(*rows: Setting, width: int = 80) -> list[str]:
    return text(settings_page(view(frames.frame(settings=rows)), width))


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
    for page in (doctor_page, settings_page):
        lines = page(view(scene()), width)
        assert all(width_of(line) <= width for line in lines)
        assert page(view(None), width) == []


def test_what_others_wrote_steers_nothing() -> None:
    evil = "\x1b[2J[bold]evil[/]\x7f"
    shown = doctor(
        replace(PLAIN, title=evil, cause=evil, settle=evil, evidence=(Evidence(evil, Source.LOG),))
    )
    assert all(line.isprintable() for line in shown)
    assert any("[bold]evil[/]" in line for line in shown)


# The settings


def test_the_three_columns_come_first() -> None:
    shown = settings(frames.setting(N, "2", "4", SettingStatus.PENDING))
    assert shown[0].split() == ["VARIABLE", "1", "CONFIGURED", "RUNNING", "EFFECTIVE", "STATUS"]
    assert shown[1].split() == [N, "4", "2", "2", "pending"]


def test_each_variable_says_what_it_does_costs_and_means_when_not_set() -> None:
    shown = settings(frames.setting(N, cost="Memory grows with it."))
    assert shown[2:] == ["", f" {N}", "   What it does.", "   When not set: 1.", "   Memory grows with it."]


def test_where_a_value_stands_is_told() -> None:
    shown = settings(frames.setting(N, "4", "4", SettingStatus.SET))
    assert f"   {frames.DROP_IN} says 4" in shown


def test_what_is_wrong_with_it_and_what_the_shell_has() -> None:
    shown = settings(
        frames.setting(
            N,
            status=SettingStatus.SHELL_ONLY,
            note="the server does not see it",
            shell=Known("4", Source.PROCESSES),
        )
    )
    assert "   shell only: the server does not see it" in shown
    assert "   your shell has 4" in shown


def test_what_is_not_known_says_why_and_what_is_not_set_does_not() -> None:
    shown = settings(frames.setting(N, Missing(Why.DENIED, "only root may read it"), frames.NOT_SET))
    assert "   running is not known: only root may read it" in shown
    assert not any("configured is not known" in line for line in shown)


def test_without_a_server_the_page_says_so() -> None:
    assert any("nothing is known of the server's variables yet" in line for line in settings())
