"""What leaves in a bug report: nothing that is private, and everything that tells of the fault."""

import json
from dataclasses import replace
from typing import Any

import frames
import pytest
from frames import Known, Source
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.demo.feed import Camera
from ollama_top.demo.scenarios import NAMED
from ollama_top.model.process import Variable
from ollama_top.outputs.document import document
from ollama_top.outputs.redaction import NOT_SHOWN, Private, Redaction, secrets_of

PRIVATE = Private(
    "/srv/homes/ann",
    (("gpu-box.example.org", "this-machine"), ("gpu-box", "this-machine"), ("ann", "somebody")),
    ("s3cr3t-token",),
)


def redacted(text: str) -> str:
    return Redaction(PRIVATE).text(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bearer s3cr3t-token", "Bearer ***"),
        ("/srv/homes/ann/models", "~/models"),
        ("cannot read '/home/bob/x y'", "cannot read '~/x y'"),
        ("/Users/bob/.ollama and /root/.ollama", "~/.ollama and ~/.ollama"),
        ("/rootless/x", "/rootless/x"),
        ("ann runs it on GPU-BOX, not annually", "somebody runs it on this-machine, not annually"),
        (
            "http://gpu-box:11434 and http://gpu-box.example.org:1",
            "http://this-machine:11434 and http://this-machine:1",
        ),
        ("http://10.1.2.3:11434 10.1.2.3 10.9.9.9", "http://address-1:11434 address-1 address-2"),
        ("http://[fd00::1]:11434", "http://[address-1]:11434"),
        ("https://box.corp.example/v1 https://box.corp.example", "https://machine-1/v1 https://machine-1"),
        ("http://127.0.0.1:11434 [::1]:80 0.0.0.0", "http://127.0.0.1:11434 [::1]:80 0.0.0.0"),
        ("at 15:09:26, driver 580.95.05, 0000:01:00.0", "at 15:09:26, driver 580.95.05, 0000:01:00.0"),
    ],
)
def test_a_text(text: str, told: str) -> None:
    assert redacted(text) == told


@given(st.text(), st.text())
def test_a_secret_is_found_in_any_text(before: str, after: str) -> None:
    assert "s3cr3t-token" not in redacted(f"{before}s3cr3t-token{after}")


def test_of_variables_only_ollamas_are_told() -> None:
    environment = (
        Variable("OLLAMA_NUM_PARALLEL", "2"),
        Variable("CUDA_VISIBLE_DEVICES", "GPU-1"),
        Variable("X", None),
    )
    settings = (
        frames.setting("OLLAMA_NUM_PARALLEL", running="2"),
        frames.setting("OLLAMA_ORIGINS", running="https://app.example"),
        frames.setting("LLAMA_ARG_CACHE_RAM", running="8192"),
    )
    frame = frames.frame(environment=Known(environment, Source.PROCESSES), settings=settings)
    told = Redaction(PRIVATE).document(document(frame))
    assert told["environment"] == [{"name": "OLLAMA_NUM_PARALLEL", "value": "2"}]
    assert [each["running"] for each in told["settings"]] == ["2", NOT_SHOWN, NOT_SHOWN]
    assert [each["effective"] for each in told["settings"]] == ["2", NOT_SHOWN, NOT_SHOWN]
    assert "app.example" not in json.dumps(told)


def test_clients_are_told_by_program_only() -> None:
    request = replace(
        frames.request(5), client=Known("/usr/bin/python3 /home/bob/secret-project.py", Source.PROCESSES)
    )
    told = Redaction(PRIVATE).document(document(frames.frame(requests=(request,))))
    assert told["requests"][0]["client"] == "python3"


def test_cards_have_numbers_that_hold_throughout() -> None:
    told = Redaction(PRIVATE).document(document(frames.frame(gpus=(frames.gpu(0), frames.gpu(1)))))
    assert [each["uuid"] for each in told["gpus"]] == ["uuid-1", "uuid-2"]


@pytest.mark.parametrize("scenario", NAMED)
def test_the_shape_stays(scenario: str) -> None:
    plain = document(Camera(NAMED[scenario], began_at=frames.NOW).shoot(3.0))
    told = Redaction(PRIVATE).document(plain)
    assert _shape(told | {"environment": None}) == _shape(plain | {"environment": None})
    assert told["missing"].keys() == plain["missing"].keys()


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    return [_shape(each) for each in value] if isinstance(value, list) else type(value)


def test_secrets_are_found_by_the_names_of_variables() -> None:
    environ = {"HF_TOKEN": "abcd", "my_api_key": "longer-one", "PATH": "/bin"}
    assert secrets_of(environ, ("KEY", "TOKEN")) == ("longer-one", "abcd")
