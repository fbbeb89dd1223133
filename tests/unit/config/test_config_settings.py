"""The settings file is taken to the letter, or refused by file and key."""

from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.config.settings import ConfigError, Settings, check_interval, default_path, load, parse

FULL = """
host = "gpu-box:11434"  # a comment
interval_s = 0.5
theme = "nord"
ascii_only = true
read_only = true
ca_file = "/etc/ssl/ours.pem"
insecure = false
feeds = ["/run/a.sock", "/run/b.sock"]
bell_on_finding = true
on_finding = ["notify-send", "a word; and more"]
"""


def test_every_setting() -> None:
    assert asdict(parse(FULL, "x").settings) == {
        "host": "gpu-box:11434",
        "interval_s": 0.5,
        "theme": "nord",
        "ascii_only": True,
        "read_only": True,
        "ca_file": "/etc/ssl/ours.pem",
        "insecure": False,
        "feeds": ("/run/a.sock", "/run/b.sock"),
        "bell_on_finding": True,
        "on_finding": ("notify-send", "a word; and more"),
    }


def test_nothing_said_is_nothing_set() -> None:
    assert parse("", "x").settings == Settings() == parse("# only words\n", "x").settings
    assert all(getattr(Settings(), each.name) is None for each in fields(Settings))


def test_a_whole_number_of_seconds_will_do() -> None:
    assert parse("interval_s = 2", "x").settings.interval_s == 2.0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "interval = 2",
            "x:1: unknown key 'interval'; did you mean interval_s?",
        ),
        (
            "[server]\nhost = 'a'",
            "x:1: unknown key 'server'; known are host, interval_s, theme, ",
        ),
        ("host = 1", "x:1: host must be text in quotes"),
        ("host = ['a']", "x:1: host must be text in quotes"),
        ("feeds = '/run/a.sock'", "x:1: feeds must be a list of texts in quotes"),
        ("feeds = ['/run/a.sock', 1]", "x:1: feeds must be a list of texts in quotes"),
        ("on_finding = 'notify-send'", "x:1: on_finding must be a list of texts in quotes"),
        ("on_finding = ['a', 1]", "x:1: on_finding must be a list of texts in quotes"),
        ("on_finding = ['a', '']", "x:1: on_finding must be a list of texts in quotes"),
        ('on_finding = ["\\u0000"]', "x:1: on_finding must be a list of texts in quotes"),
        ("interval_s = '2'", "x:1: interval_s must be a number"),
        ("interval_s = true", "x:1: interval_s must be a number"),
        ("interval_s = 2026-01-01", "x:1: interval_s must be a number"),
        ("read_only = 1", "x:1: read_only must be true or false"),
        ("insecure = 'no'", "x:1: insecure must be true or false"),
        ("interval_s = 0.1", "x:1: interval_s: 0.1 is not between 0.2 and 3600 seconds"),
        ("interval_s = -1", "x:1: interval_s: -1 is not between 0.2 and 3600 seconds"),
        ("interval_s = nan", "x:1: interval_s: nan is not between 0.2 and 3600 seconds"),
        ("interval_s = inf", "x:1: interval_s: inf is not between 0.2 and 3600 seconds"),
        (f"interval_s = 1{'0' * 400}", "is not between 0.2 and 3600 seconds"),
        (f"interval_s = {'9' * 5000}", "x:1: near 'interval_s': "),
        (f"interval_s = {'[' * 100_000}", "x:1: nested too deeply"),
        ("host = ", "x:1: near 'host': Invalid value (at end of document)"),
        ("host = 'a'\nhost = 'b'", "x:2: near 'host': Cannot overwrite a value"),
        ("\x1b[2J", "x:1: Invalid"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(text, "x")
    assert problem in str(refused.value)


@given(st.text() | st.from_regex(r"(host|interval_s|read_only) = [0-9a-z'.\[]{0,8}", fullmatch=True))
@example("host = '\\ud800'")
def test_any_text_is_settings_or_refused(text: str) -> None:
    try:
        settings = parse(text, "x").settings
    except ConfigError:
        return
    assert settings.interval_s is None or 0.2 <= settings.interval_s <= 3600


@pytest.mark.parametrize("interval_s", [0.2, 2, 3600.0])
def test_intervals_that_can_be_kept(interval_s: float) -> None:
    assert check_interval(interval_s, "--interval") == interval_s


@pytest.mark.parametrize("interval_s", [0.199, 3600.1, 0, -2, float("nan"), float("inf"), 10**400])
def test_intervals_that_cannot_be_kept(interval_s: float) -> None:
    with pytest.raises(ConfigError, match=r"^--interval: .* is not between 0\.2 and 3600 seconds$"):
        check_interval(interval_s, "--interval")


def test_the_users_own_file_need_not_be_there() -> None:
    assert load(None) == Settings()


def test_the_users_own_file_is_read_from_where_the_system_keeps_such() -> None:
    path = default_path()
    assert path.parts[-2:] == ("ollama-top", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text('theme = "nord"')
    assert load(None) == Settings(theme="nord")


def test_a_file_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: no such file"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'host = "\xff"', "is no text in UTF-8"),
        (b"\xff\xfe", "is no text in UTF-8"),
        (b"host = 1", "host must be text in quotes"),
        (b"host\x00", "Expected '='"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=problem) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path}:")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Is a directory"):
        load(tmp_path)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "loop.toml"
    path.symlink_to(path)
    with pytest.raises(ConfigError) as refused:
        load(path)
    assert str(refused.value) == f"{path}: Too many levels of symbolic links"
