"""How the server's own lines are taken apart, whatever they hold."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.ollama.log.framing import attributes, parse_statement, size_bytes, unquoted, whole

STAMP = "time=2026-11-23T09:38:04.874"
LINE = f'{STAMP}Z level=INFO source=.:0 msg="llm embedding error: no \\"x\\"" a=1 "b c"="d e"'


def test_a_line_of_the_server_is_taken_apart() -> None:
    found = parse_statement(LINE)
    assert found is not None
    assert found.at == datetime(2026, 11, 23, 9, 38, 4, 874000, UTC)
    assert (found.level, found.place, found.message) == ("INFO", ".:0", 'llm embedding error: no "x"')
    assert attributes(found.rest) == {"a": "1", "b c": "d e"}


def test_a_message_of_one_word_has_no_quotes() -> None:
    found = parse_statement(
        'time=2026-11-23T09:38:04.874+01:00 level=WARN source=a.go:1 msg=load request="{x}"'
    )
    assert found is not None
    assert (found.message, found.rest) == ("load", 'request="{x}"')
    assert found.at is not None
    assert found.at.tzinfo == timezone(timedelta(hours=1))


def test_the_old_format_is_known() -> None:
    """As of Ollama 0.3.9, from knowledge of its log; no server of that age is recorded."""
    found = parse_statement(
        '2024/08/25 08:15:47 routes.go:1125: INFO server config env="map[OLLAMA_HOST:http://0.0.0.0:11434]"'
    )
    assert found is not None
    assert (found.message, found.place) == ("server config", "routes.go:1125")
    assert found.at == datetime(2024, 8, 25, 8, 15, 47)  # noqa: DTZ001 - the line tells no zone


@pytest.mark.parametrize(
    "line",
    [
        f" {LINE}",
        f"x {LINE}",
        "time=now level=INFO",
        'time=2026-11-23T09:38:04.874Z level=INFO source=a.go:1 msg="never closed',
        "",
    ],
)
def test_what_only_looks_like_one_is_none(line: str) -> None:
    assert parse_statement(line) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r'"a\"b\\c"', 'a"b\\c'),
        (r'"\n\t\x07µ\U0001f600"', "\n\t\x07µ😀"),
        (r'"\ud800\Uffffffff"', "\ufffd\ufffd"),
        ("a\\b", "a\\b"),
        ('"', '"'),
        ("", ""),
    ],
)
def test_quotes_are_undone(text: str, plain: str) -> None:
    assert unquoted(text) == plain


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("23.5 GiB", 25_232_932_864),
        ("0 B", 0),
        ("405.2 MiB", round(405.2 * (1 << 20))),
        ("1 GB", None),
        ("-1 B", None),
        ("1e9 B", None),
        ("", None),
    ],
)
def test_sizes_are_bytes(text: str, size: int | None) -> None:
    assert size_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("", None), ("-1", None), ("٣", None), ("9" * 99, None)]
)
def test_numbers_are_whole(text: str, number: int | None) -> None:
    assert whole(text) == number


@given(st.text(st.characters(codec=None)))
def test_any_text_is_taken_apart(text: str) -> None:
    parse_statement(f"time=2026-11-23T09:38:04.874Z level=INFO source=a.go:1 msg={text}")
    parse_statement(f"2024/08/25 08:15:47 routes.go:1: INFO {text}")
    assert all(isinstance(value, str) for value in attributes(text).values())
    unquoted(text)


@given(st.text(st.characters(codec="utf-8")))
def test_what_is_in_quotes_stays_in_one_attribute(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    assert attributes(f'a="{quoted}" b=2') == {"a": text, "b": "2"}
