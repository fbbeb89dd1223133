"""The pictures in the repository are those that their script makes, as far as their words go.

How a picture is written differs between releases of Textual and Rich; what it says does not.
"""

import re
import sys
from functools import cache
from html import unescape
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "screenshots"
TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")
SHOWN = {
    "busy": ("DEMO", "RTX 4090", "wait, the longest", "qwen3:8b", "decode", "prefill", "waiting", "curl"),
    "details": ("slot", "prompt_tokens", "from slots", "only once it is"),
    "help": ("Help", "Copy the row as JSON"),
    "narrow": ("DEMO", "wait, the longest", "prefill"),
    "no-server": ("connection refused", "ollama serve", "simulated server"),
    "burst": ("8 configured in", "2 measured", "OLLAMA_NUM_PARALLEL=8 is configured", "alone"),
    "proxy": (
        "127.0.0.1:11435",
        "qwen3:8b",
        "QUEUE95",
        "open-webui",
        "last requests",
        "python3 summarise.py",
    ),
    "doctor": ("OLLAMA_NUM_PARALLEL=8 is configured", "started before", "Mend: sudo sh -c"),
}
"""Words of each picture, which a change of the simulation or of the screen must not lose."""


@cache
def script() -> ModuleType:
    sys.path.insert(0, str(FOLDER))  # as where it is run, for what it imports beside it
    found = util.spec_from_file_location("make_screenshots", FOLDER / "make.py")
    assert found is not None
    assert found.loader is not None
    module = util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def words(svg: str) -> str:
    return "".join("".join(map(unescape, TEXT.findall(svg))).split())


def test_every_picture_has_its_words_here() -> None:
    assert {picture.name for picture in script().PICTURES} == set(SHOWN)
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
async def test_a_picture_is_as_its_script_makes_it(name: str) -> None:
    picture = next(picture for picture in script().PICTURES if picture.name == name)
    made, kept = await script().drawn(picture), (FOLDER / f"{name}.svg").read_text()
    assert words(made) == words(kept), "run screenshots/make.py, look at the pictures, commit them"
    assert all("".join(each.split()) in words(kept) for each in SHOWN[name])


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_asks_nothing_of_the_net(name: str) -> None:
    svg = (FOLDER / f"{name}.svg").read_text()
    assert "url(http" not in svg.replace('"', "")
    assert "@font-face" not in svg
