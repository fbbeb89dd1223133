"""The reference says what the program declares, today."""

import importlib.util
import re
import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import found
import frames
import pytest

from ollama_top.cli import EXIT_CODES
from ollama_top.config.settings import Settings
from ollama_top.doctor.checks import CHECKS
from ollama_top.metrics.of_frame import TOLD
from ollama_top.model.exchange import Exchange, Transfer
from ollama_top.model.fact import published
from ollama_top.model.feed_event import READERS
from ollama_top.model.proxy import Held, Proxy, Unheld
from ollama_top.model.vocabulary import Vocabulary
from ollama_top.ollama.variables import DECLARED
from ollama_top.outputs.document import document
from ollama_top.proxy.feed.orders import parse_order
from ollama_top.proxy.metrics.declared import METRICS

ROOT = Path(__file__).parents[3]


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(ROOT / "docs"))  # as for a script that is run there
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(ROOT / "docs"))
    return module


GENERATOR = load_generator()


@pytest.fixture(scope="module")
def page() -> str:
    return str(GENERATOR.reference())


def section(page: str, title: str) -> str:
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def test_the_page_is_not_stale(page: str) -> None:
    message = "docs/reference.md is stale: run python docs/generate.py"
    assert (ROOT / "docs" / "reference.md").read_text() == page, message


def test_every_key_of_the_document_is_told_in_its_place(page: str) -> None:
    whole = document(
        frames.frame(
            models=(frames.model(),),
            slots=(frames.slot(0),),
            requests=(frames.request(1),),
            gpus=(frames.gpu(),),
        )
    )
    assert first_cells(section(page, "The JSON document")) == list(whole)
    for key, value in whole.items():
        one = value[0] if isinstance(value, list) and value else value
        if isinstance(one, dict) and key != "missing":
            assert first_cells(section(page, key)) == list(one), key


def test_every_object_within_another_is_told(page: str) -> None:
    doctored = document(found.pending())
    finding = next(each for each in doctored["findings"] if each["fix"] and each["fix"]["changes"])
    service = doctored["service"]
    for name, value in (
        ("Evidence", finding["evidence"][0]),
        ("Fix", finding["fix"]),
        ("Change", finding["fix"]["changes"][0]),
        ("Configuration", service["configuration"]),
        ("Assignment", service["configuration"]["assignments"][0]),
        ("Place", service["configuration"]["assignments"][0]["place"]),
    ):
        assert first_cells(section(page, name)) == list(value), name
    assert "| `evidence` | list of [Evidence](#evidence) |" in section(page, "findings")
    assert "| `settings` | list of [settings](#settings) |" in section(page, "The JSON document")


def test_the_feed_and_the_metrics_are_told(page: str) -> None:
    for kind in (Exchange, Transfer, Proxy, Held, Unheld):
        told = [each.name for each in published(kind)]
        assert [each for each in first_cells(section(page, kind.__name__)) if each in told] == told
    assert set(first_cells(section(page, "The proxy's feed"))) == {"event", *READERS}
    for words in first_cells(section(page, "Orders")):
        if words != "order":
            parse_order(words.replace("SECONDS", "5").replace("ADDRESS", "127.0.0.1:11434").encode())
    assert first_cells(section(page, "Of serve")) == [each.metric.full_name for each in TOLD]
    assert first_cells(section(page, "Of the proxy")) == [each.full_name for each in METRICS]


def test_every_check_and_every_variable_of_ollamas_is_told(page: str) -> None:
    assert first_cells(section(page, "Checks")) == sorted(each.id for each in CHECKS)
    told = section(page, "Ollama's variables")
    assert first_cells(told) == list(DECLARED)
    assert "| off (since 0.11.5); not read since 0.11.11 |" in told


@pytest.mark.parametrize("words", Vocabulary.__subclasses__())
def test_every_word_is_told_with_its_meaning(page: str, words: type[Vocabulary]) -> None:
    told = section(page, words.__name__)
    assert first_cells(told) == [each.value for each in words]
    assert all(f"| {each.doc} |" in told for each in words)


def test_every_link_leads_to_a_heading(page: str) -> None:
    headings = {each.lower() for each in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_every_setting_and_exit_code_is_told(page: str) -> None:
    assert first_cells(section(page, "Settings file")) == [each.name for each in fields(Settings)]
    assert re.findall(r"^\| (\d+) \|", section(page, "Exit codes"), re.MULTILINE) == [*map(str, EXIT_CODES)]


def test_every_variable_that_the_program_reads_is_told(page: str) -> None:
    texts = [path.read_text() for path in (ROOT / "ollama_top").rglob("*.py") if "demo" not in path.parts]
    read = {name for text in texts for name in re.findall(r'(?:environ.*|_VARIABLE = )"([A-Z_]+)"', text)}
    assert {"OLLAMA_HOST", "OLLAMA_TOP_TOKEN"} <= read
    assert read <= set(re.findall(r"`([A-Z_]+)`", section(page, "Environment")))


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("size_bytes", "bytes"),
        ("age_s", "seconds"),
        ("tokens_per_s", "tokens a second"),
        ("decoded_tokens", "tokens"),
        ("power_limit_w", "watts"),
        ("cpu_percent", "percent"),
        ("temperature_celsius", "degrees Celsius"),
        ("parallel", ""),
        ("models", ""),
    ],
)
def test_a_unit_is_read_from_the_name(name: str, unit: str) -> None:
    assert GENERATOR._unit(name) == unit
