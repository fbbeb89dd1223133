"""The fence of tests/conftest.py keeps the machine out, also of what tests start."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import platformdirs
import pytest
from hypothesis import settings

LEAKY = {
    "OLLAMA_HOST": "http://elsewhere:1",
    "OLLAMA_TOP_TEST_SERVE": "/a/real/ollama",
    "http_proxy": "http://proxy:3128",
    "NO_PROXY": "*",
    "NO_COLOR": "1",
    "TZ": "Asia/Tokyo",
    "LC_ALL": "de_DE.UTF-8",
    "XDG_CONFIG_HOME": "/home/somebody/.config",
    "COLUMNS": "200",
}

PRINTS_ITS_ENVIRONMENT = """
import os
def test_environment():
    print(sorted(name for name in os.environ if name in {names}), os.environ["TZ"], os.environ["LC_ALL"])
"""


def test_variables_of_the_machine_do_not_reach_a_test(tmp_path: Path) -> None:
    conftest = Path(__file__).parents[1] / "conftest.py"
    (tmp_path / "conftest.py").write_text(conftest.read_text())
    (tmp_path / "test_inner.py").write_text(PRINTS_ITS_ENVIRONMENT.format(names=sorted(LEAKY)))
    inner = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", str(tmp_path)]
    output = subprocess.run(
        inner, env=os.environ | LEAKY, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "['LC_ALL', 'OLLAMA_TOP_TEST_SERVE', 'TZ', 'XDG_CONFIG_HOME'] UTC C.UTF-8" in output.stdout


def test_home_is_empty_and_settings_live_in_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = Path.home()
    assert home.is_relative_to(tmp_path_factory.getbasetemp())
    assert list(home.iterdir()) == []
    assert platformdirs.user_config_path("ollama-top").is_relative_to(home)


def test_time_is_utc() -> None:
    assert datetime.now().astimezone().utcoffset().total_seconds() == 0


def test_examples_are_the_same_in_every_run_unless_asked_otherwise() -> None:
    if "HYPOTHESIS_PROFILE" not in os.environ:
        assert settings().derandomize
    assert settings().deadline is None
