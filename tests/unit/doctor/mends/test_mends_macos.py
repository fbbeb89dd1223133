"""What a person does in the settings of Ollama's app, as its own screen has them."""

import frames
import pytest

from ollama_top.doctor.mends.macos import app
from ollama_top.model.configuration import Layer, Place
from ollama_top.model.finding import Change
from ollama_top.model.service import Author

EXPOSE = "in the app's Settings switch 'Expose Ollama to the network' off"
RESET = "in the app's Settings press 'Reset to defaults', which resets all: no single one does this to "


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("OLLAMA_HOST", None, (EXPOSE, "launchctl unsetenv OLLAMA_HOST")),
        ("OLLAMA_HOST", "127.0.0.1:8080", (EXPOSE, "launchctl setenv OLLAMA_HOST 127.0.0.1:8080")),
        ("OLLAMA_NO_CLOUD", "1", ("in the app's Settings switch 'Cloud' off",)),
        ("OLLAMA_NO_CLOUD", None, ("in the app's Settings switch 'Cloud' on",)),
        (
            "OLLAMA_ORIGINS",
            "http://a",
            (f"{RESET}OLLAMA_ORIGINS", "launchctl setenv OLLAMA_ORIGINS http://a"),
        ),
        ("OLLAMA_MODELS", "/a", ("in the app's Settings change 'Model location', so that it becomes /a",)),
        (
            "OLLAMA_CONTEXT_LENGTH",
            "5000",
            (f"{RESET}OLLAMA_CONTEXT_LENGTH", "launchctl setenv OLLAMA_CONTEXT_LENGTH 5000"),
        ),
    ],
)
def test_the_apps_settings_as_its_screen_has_them(
    name: str, value: str | None, found: tuple[str, ...]
) -> None:
    kept = frames.service(frames.said(name, "x", Place(Layer.APP, None)), author=Author.APP).value
    commands = app([Change(name, value)], kept)
    assert commands[: len(found)] == found
    assert commands[len(found)].startswith("osascript")
