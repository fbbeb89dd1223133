"""A row as text that can be pasted."""

import json
from dataclasses import replace

import frames
import scenes
import troubles
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.columns.models import MODELS
from ollama_top.columns.requests import REQUESTS
from ollama_top.model.reading import Known, Source
from ollama_top.outputs.document import document
from ollama_top.tui.copying import LARGEST_BYTES, as_json, as_line

BUSY = scenes.busy()


def test_a_line_has_every_value_with_its_title() -> None:
    line = as_line(MODELS, BUSY.snapshot.models[0], frames.NOW)
    assert line.startswith("MODEL gemma3:270m  STATE busy  PAR 2  RUN 2  WAIT 4  TOK/S 88.1  CTX 4k")
    assert line.endswith("PID 2001")


def test_what_is_not_known_is_left_out_of_a_line() -> None:
    line = as_line(MODELS, troubles.remote().snapshot.models[0], frames.NOW)
    assert "PID" not in line
    assert "  -" not in line


def test_the_json_is_that_of_the_document() -> None:
    row = troubles.remote().snapshot.models[0]
    found = json.loads(as_json(row))
    missing = found.pop("missing")
    whole = document(troubles.remote())
    assert found == whole["models"][0]
    assert missing["/runner_pid"] == whole["missing"]["/models/0/runner_pid"]


@given(st.text(max_size=40))
def test_nothing_that_steers_a_terminal_is_copied(name: str) -> None:
    row = replace(BUSY.snapshot.requests[0], client=Known(name, Source.PROCESSES))
    assert as_line(REQUESTS, row, frames.NOW).isprintable()
    text = as_json(row)
    assert text.isascii()
    assert "\x1b" not in text
    assert "\x7f" not in text


def test_usual_rows_are_far_from_the_limit() -> None:
    assert len(as_json(BUSY.snapshot.models[0])) * 10 < LARGEST_BYTES
