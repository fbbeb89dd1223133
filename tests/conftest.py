"""The fence around every test: nothing of the machine or its user leaks in, nothing leaks out.

Must never decide what a test tests: only where its home is, and what its environment says.
"""

import os
import signal
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

OWN_VARIABLES = "OLLAMA_TOP_TEST_"
"""Beginning of the variables that choose what the tests run with, as CONTRIBUTING.md says."""

LEAKS_BY_START = ("OLLAMA_", "TEXTUAL", "XDG_", "LC_", "CUDA_", "NVML_", "SSL_CERT_")
LEAKS_BY_END = ("_PROXY",)
LEAKS = {
    "PYTEST_ADDOPTS",
    "PYTHONDONTWRITEBYTECODE",  # every program that a test starts would be compiled anew
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "LANGUAGE",
}
SAME_EVERYWHERE = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color"}
HOMES = {
    "HOME": ".",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "run",
    "XDG_CONFIG_DIRS": "nowhere",
}

WORKERS = 3
"""Processes that share a run of all tests: two cores are busy with three, and more make tests late."""

NUMBERS = count()

settings.register_profile("ci", max_examples=50, derandomize=True, deadline=None)
settings.register_profile("long", max_examples=100_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def leaks(name: str) -> bool:
    """Whether a variable of the environment would change what a test sees."""
    name = name.upper()
    if name.startswith(OWN_VARIABLES):
        return False
    return name.startswith(LEAKS_BY_START) or name.endswith(LEAKS_BY_END) or name in LEAKS


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """In how many processes tests run: all of them in several, since most wait; what is chosen in this one.

    A real server that is measured has the machine for itself.
    """
    is_chosen = config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    is_real = any(name.startswith(OWN_VARIABLES) for name in os.environ)
    return 0 if is_chosen or is_real else WORKERS


@pytest.fixture(scope="session", autouse=True)
def fenced_environment() -> Iterator[None]:
    """An environment that is the same on every machine, for whole modules' fixtures too.

    What a shell runs in its background ignores Ctrl-C, and so would all that a test starts.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(leaks, list(os.environ)):
            patch.delenv(name)
        for name, value in SAME_EVERYWHERE.items():
            patch.setenv(name, value)
        time.tzset()
        ctrl_c = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, ctrl_c)
    time.tzset()


def fresh(factory: pytest.TempPathFactory, name: str) -> Path:
    """A new folder, without a look at the thousands beside it."""
    return factory.mktemp(f"{name}{next(NUMBERS)}", numbered=False)


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As pytest's, but for the name of the test in it: the path of a socket has 107 bytes at most."""
    return fresh(tmp_path_factory, "t")


@pytest.fixture(autouse=True)
def fenced_home(
    fenced_environment: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home of its own for every test, empty."""
    home = fresh(tmp_path_factory, "home")
    for name, folder in HOMES.items():
        monkeypatch.setenv(name, str(home / folder))
