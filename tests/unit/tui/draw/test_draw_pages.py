"""What the pages say: details, server, help, and the advice for a server that cannot be reached."""

from dataclasses import replace

import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import Line, Role
from ollama_top.model.fact import published
from ollama_top.model.light import LightState
from ollama_top.tui.draw.advice import advice
from ollama_top.tui.draw.as_text import as_text
from ollama_top.tui.draw.details import details
from ollama_top.tui.draw.help import help_page
from ollama_top.tui.draw.screen import TABLE_OF
from ollama_top.tui.draw.server import server_page
from ollama_top.tui.main_keys import MAIN_KEYS
from ollama_top.tui.view import View


def text(lines: list[Line]) -> str:
    return "\n".join("".join(cell.text for cell in line) for line in lines)


def line_of(lines: list[Line], name: str) -> str:
    return next(line for line in text(lines).splitlines() if line.split()[:1] == [name])


BUSY = scenes.busy()


def test_details_tell_every_published_fact_of_the_row() -> None:
    seen = BUSY.snapshot
    for row in (seen.models[0], seen.slots[0], seen.requests[0], seen.gpus[0], seen.server):
        shown = text(details(row, BUSY, 80))
        assert all(f" {each.name} " in shown for each in published(type(row)))


def test_a_value_comes_with_its_source_and_that_source_s_age() -> None:
    lines = details(BUSY.snapshot.models[0], BUSY, 80)
    assert "88.1 per second" in line_of(lines, "tokens_per_s")
    assert "from slots, 0.1s ago" in line_of(lines, "tokens_per_s")
    assert "from argv, 0.1s ago" in line_of(lines, "parallel")


def test_what_was_worked_out_has_no_age() -> None:
    line = line_of(details(BUSY.snapshot.models[1], BUSY, 80), "parallel")
    assert line.endswith("worked out (predicted)" + " " * (len(line) - len(line.rstrip())))
    assert "ago" not in line


def test_a_missing_value_says_why() -> None:
    lines = details(troubles.remote().snapshot.models[0], troubles.remote(), 80)
    assert "not local: the server is" in line_of(lines, "running")


def test_a_long_value_is_told_in_full() -> None:
    lines = details(BUSY.snapshot.gpus[0], BUSY, 80)
    assert "GPU-00000000-aaaa-bbbb-cccc-000000000000" in "".join(text(lines).split()).replace(
        "fromnvidia,0.1sago", ""
    )


def test_a_word_of_the_contract_says_what_it_means() -> None:
    assert "loaded, serving" in line_of(details(BUSY.snapshot.models[0], BUSY, 80), "state")


def test_a_wide_page_says_what_each_fact_means() -> None:
    narrow, wide = (text(details(BUSY.snapshot.models[0], BUSY, width)) for width in (80, 140))
    assert "Requests that it serves at once." in wide
    assert "Requests that it serves at once." not in narrow
    assert "Process of the runner." in line_of(details(BUSY.snapshot.slots[0], BUSY, 140), "runner_pid")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("size_bytes", 1 << 30, "1.0G (1,073,741,824 bytes)"),
        ("context_tokens", 32768, "32,768"),
        ("utilization_percent", 97.0, "97.0 %"),
        ("temperature_celsius", 71.0, "71 °C"),
        ("age_s", 2.25, "2.2s (2.25 s)"),
        ("tokens_per_s", 44.04, "44.0 per second"),
        ("power_w", 312.0, "312.0 W"),
        ("reachable", False, "no"),
        ("problem", None, "-"),
        ("pid", 12, "12"),
        ("started_at", frames.NOW, "2026-03-14 15:09:26 UTC"),
    ],
)
def test_values_are_told_in_full_by_the_unit_in_their_name(name: str, value: object, shown: str) -> None:
    assert as_text(name, value) == shown


def test_the_server_page_tells_the_verdict_in_full_and_every_source() -> None:
    stale = troubles.stale()
    shown = text(server_page(View(stale, "", 2.0), 80))
    assert stale.verdict.text in " ".join(shown.replace("\n", " ").split())
    assert all(f" {light.name} " in shown for light in stale.snapshot.sources)
    assert "accepts the connection" in shown
    assert "42s ago" in shown
    assert "precision_note" in shown


def test_a_source_that_was_never_read_has_no_age() -> None:
    never = frames.lights(slots=frames.light("slots", LightState.PENDING, None))
    line = line_of(server_page(View(frames.frame(sources=never), "", 2.0), 80), "○")
    assert line.split() == ["○", "slots", "pending", "-", "-"]


def test_the_server_page_has_something_to_say_before_the_first_look() -> None:
    assert "waiting for the first look" in text(server_page(View(None, "x", 2.0), 80))


def test_help_tells_every_key_and_every_column() -> None:
    shown = " ".join(text(help_page(MAIN_KEYS, tuple(TABLE_OF.values()), 80)).split())
    assert all(f"{key.shown} {key.help}" in shown for key in MAIN_KEYS)
    for table in TABLE_OF.values():
        assert all(f"{column.title} {table.doc(column)}" in shown for column in table.columns)


LOST = troubles.unreachable().snapshot.server


def test_advice_names_the_address_the_problem_and_what_to_type() -> None:
    shown = text(advice(LOST, 80, offers_demo=True))
    assert "No answer from http://127.0.0.1:11434" in shown
    assert "connection refused" in shown
    assert "ollama serve" in shown
    assert "marked DEMO" in shown


def test_a_simulation_is_offered_only_where_there_is_one() -> None:
    assert "DEMO" not in text(advice(LOST, 80, offers_demo=False))


@pytest.mark.parametrize(
    ("url", "problem", "command"),
    [
        ("http://10.0.0.7:11434", "nothing answers at 10.0.0.7:11434 (connection refused)", "ping 10.0.0.7"),
        (
            "http://127.0.0.1:11434",
            "accepts the connection and does not answer (timed out)",
            "journalctl -u ollama",
        ),
        (
            "http://10.0.0.7:11434",
            "does not accept the connection (timed out)",
            "ssh -L 11434:127.0.0.1:11434 10.0.0.7",
        ),
        (
            "https://llm.example.net:8443",
            "answered HTTP 403",
            "curl -i https://llm.example.net:8443/api/version",
        ),
        ("http://127.0.0.1:8080", "the answer is not JSON", "curl -i http://127.0.0.1:8080/api/version"),
        ("http://[::1]:11434", "connection refused", "systemctl start ollama"),
        ("http://gpu-bx:11434", "name or service not known", "getent hosts gpu-bx"),
        ("http://gpu-bx:11434", "temporary failure in name resolution", "getent hosts gpu-bx"),
    ],
)
def test_advice_fits_the_problem(url: str, problem: str, command: str) -> None:
    server = replace(LOST, url=url, problem=problem)
    assert command in text(advice(server, 100, offers_demo=False))


def test_advice_without_a_reason_says_that() -> None:
    assert "no reason was given" in text(advice(replace(LOST, problem=None), 80, offers_demo=False))


def test_commands_are_told_from_words_by_their_place_too() -> None:
    lines = advice(LOST, 80, offers_demo=False)
    commands = [line for line in lines if Role.NOTICE in {cell.role for cell in line}]
    assert commands
    assert all(text([line]).startswith("       ") for line in commands)
