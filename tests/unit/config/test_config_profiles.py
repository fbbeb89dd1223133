"""The text of the file of profiles: read to the line, changed to the byte."""

import re
from typing import Any

import profile_texts
import pytest
from hypothesis import given
from hypothesis import strategies as st
from profile_texts import HERE, THERE, Written

from ollama_top.config.profiles import (
    HEAD,
    Book,
    UnfitNameError,
    check_name,
    export,
    parse,
    parse_export,
    with_profile,
    without_profile,
)
from ollama_top.config.toml_edit import NotEditableError, literal
from ollama_top.config.toml_text import BrokenTomlError

TWO = f"""# of both
[machine.{HERE.id}]
name = "here"  # the tower

# at night
[machine.{HERE.id}.profile.night]
OLLAMA_NUM_PARALLEL = 4  # as many as fit
OLLAMA_FLASH_ATTENTION = true
OLLAMA_ORIGINS = ""

# the laptop
[machine.{THERE.id}]
name = "there"
[machine.{THERE.id}.profile.night]
OLLAMA_NUM_PARALLEL = "1"
"""


def told(text: str, machine: Any = HERE) -> dict[str, dict[str, str | None]]:
    return {each.name: each.values for each in parse(text, machine, "f").saved}


def test_two_machines_in_one_file_keep_apart() -> None:
    assert told(TWO) == {
        "night": {"OLLAMA_NUM_PARALLEL": "4", "OLLAMA_FLASH_ATTENTION": "true", "OLLAMA_ORIGINS": None}
    }
    assert told(TWO, THERE) == {"night": {"OLLAMA_NUM_PARALLEL": "1"}}
    assert parse(TWO, HERE, "f").others == ("there",)
    assert parse(TWO, THERE, "f").others == ("here",)
    changed = with_profile(TWO, HERE, "night", {"OLLAMA_NUM_PARALLEL": "8"})
    assert told(changed) == {"night": {"OLLAMA_NUM_PARALLEL": "8"}}
    assert changed.partition("# the laptop")[2] == TWO.partition("# the laptop")[2]
    assert told(without_profile(changed, HERE, "night"), THERE) == told(TWO, THERE)


def test_each_value_has_its_line() -> None:
    (night,) = parse(TWO, HERE, "f").saved
    assert (night.line, [each.line for each in night.entries]) == (6, [7, 8, 9])


def test_the_first_profile_comes_with_a_word_on_the_file_and_the_host() -> None:
    text = with_profile("", HERE, "night", {"OLLAMA_NUM_PARALLEL": "4", "OLLAMA_HOST": None})
    assert text == (
        f'{HEAD}\n[machine.{HERE.id}]\nname = "here"\n\n[machine.{HERE.id}.profile.night]\n'
        'OLLAMA_NUM_PARALLEL = "4"\nOLLAMA_HOST = ""\n'
    )
    assert told(text) == {"night": {"OLLAMA_NUM_PARALLEL": "4", "OLLAMA_HOST": None}}


def test_what_is_not_changed_stays_as_it_is_written() -> None:
    same = {"OLLAMA_NUM_PARALLEL": "4", "OLLAMA_FLASH_ATTENTION": "true", "OLLAMA_ORIGINS": None}
    assert with_profile(TWO, HERE, "night", same) == TWO
    changed = with_profile(TWO, HERE, "night", same | {"OLLAMA_NUM_PARALLEL": "8"})
    assert changed == TWO.replace("= 4  #", '= "8"  #')


def test_a_new_value_stands_behind_the_last_and_before_the_comment_of_the_next() -> None:
    values = told(TWO)["night"] | {"OLLAMA_DEBUG": "1"}
    assert with_profile(TWO, HERE, "night", values) == TWO.replace(
        'ORIGINS = ""\n', 'ORIGINS = ""\nOLLAMA_DEBUG = "1"\n'
    )


@given(profile_texts.files(), profile_texts.values)
def test_a_value_is_changed_and_every_other_byte_stays(file: Written, value: str) -> None:
    for (machine, name), held in file.profiles.items():
        for variable in held if machine == HERE.id else ():
            values = told(file.text)[name] | {variable: value}
            is_new = told(file.text)[name][variable] != value
            wanted = file.with_value((machine, name), variable, literal(value)) if is_new else file.text
            assert with_profile(file.text, HERE, name, values) == wanted


@given(profile_texts.files(), profile_texts.values)
def test_a_new_profile_leaves_all_that_was_there_and_goes_without_a_trace(file: Written, value: str) -> None:
    values = {"OLLAMA_NUM_PARALLEL": value, "OLLAMA_ORIGINS": None}
    text = with_profile(file.text, HERE, "new one", values)
    assert text.startswith(file.text or HEAD)
    assert told(text)["new one"] == values
    assert told(text) | told(file.text) == told(text)
    assert told(text, THERE) == told(file.text, THERE)
    if f"[machine.{HERE.id}]" in file.text and file.text.endswith("\n"):
        assert without_profile(text, HERE, "new one") == file.text


@given(profile_texts.files())
def test_a_profile_goes_with_what_is_inside_and_nothing_else(file: Written) -> None:
    lines = file.text.split("\n")
    for machine, name in file.profiles:
        if machine != HERE.id:
            continue
        start = next(at for at, line in enumerate(lines) if f'{HERE.id}.profile."{name}"]' in line)
        end = next(
            (at for at in range(start + 1, len(lines)) if lines[at].startswith("[machine.")), len(lines)
        )
        while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
            end -= 1
        start -= start > 0 and not lines[start - 1].strip(" \r")
        after = without_profile(file.text, HERE, name)
        assert after.split("\n") == [*lines[:start], *(lines[end:] or [""])]
        assert told(after, THERE) == told(file.text, THERE)
        assert {*told(after)} == {*told(file.text)} - {name}


INLINE = f"machine.{HERE.id}.profile = {{ night = {{ OLLAMA_DEBUG = '1' }} }}\n"
DOTTED = f"[machine.{HERE.id}]\nprofile.night.OLLAMA_DEBUG = '1'  # so\n"
HALF = f"[machine.{HERE.id}.profile]\nnight = {{ OLLAMA_DEBUG = '1' }}\nday.OLLAMA_DEBUG = '0'\n"


@pytest.mark.parametrize("text", [INLINE, DOTTED, HALF])
def test_other_ways_to_write_it_are_read_alike(text: str) -> None:
    assert told(text)["night"] == {"OLLAMA_DEBUG": "1"}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (DOTTED, DOTTED.replace("'1'", '"2"')),
        (HALF, None),
        (INLINE, None),
        ("machine = 4\n", None),
        (f"[machine]\n{HERE.id} = 'me'\n", None),
    ],
)
def test_what_is_written_in_an_odd_way_is_changed_right_or_not_at_all(text: str, after: str | None) -> None:
    try:
        changed = with_profile(text, HERE, "night", {"OLLAMA_DEBUG": "2"})
    except NotEditableError:
        changed = None
    assert changed == after


def test_what_stands_in_one_line_is_taken_out_by_its_line() -> None:
    assert without_profile(HALF, HERE, "night") == HALF.replace("night = { OLLAMA_DEBUG = '1' }\n", "")
    with pytest.raises(NotEditableError, match="only an editor can change"):
        without_profile(INLINE, HERE, "night")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("machin = 4", "f:1: unknown key 'machin'; did you mean machine?"),
        ("machine = 4", "f:1: machine must be a table"),
        (f"[machine]\n\n{HERE.id} = 4", f"f:3: {HERE.id} must be a table"),
        (f"[machine.{HERE.id}]\nprofiles = 4", "f:2: unknown key 'profiles'; did you mean profile?"),
        (f"[machine.{HERE.id}]\nprofile = 4", "f:2: profile must be a table"),
        (f"[machine.{HERE.id}.profile]\nday = 4", "f:2: day must be a table"),
        (f'[machine.{HERE.id}.profile."../x"]', "f:1: '../x' is no name for a profile"),
        (f'[machine.{HERE.id}.profile."a\\nb"]', "f:1: 'a\\nb' is no name for a profile"),
        (
            f"[machine.{HERE.id}.profile.day]\n\nOLLAMA_DEBUG = 0.5",
            "f:3: OLLAMA_DEBUG in profile day must be text in quotes, a whole number, or true or false",
        ),
        (
            f"[machine.{HERE.id}.profile.day]\nOLLAMA_DEBUG = ['1']",
            "f:2: OLLAMA_DEBUG in profile day must be",
        ),
        (f"[machine.{HERE.id}.profile.day.more]", "f:1: more in profile day must be"),
    ],
)
def test_what_is_not_used_is_named_by_its_line_and_the_rest_goes_on(text: str, problem: str) -> None:
    good = f"\n[machine.{HERE.id}.profile.good]\nOLLAMA_DEBUG = '1'\n"
    is_in_the_way = re.search(rf"(machine|{HERE.id}|profile) = 4", text) is not None
    book = parse(text if is_in_the_way else text + good, HERE, "f")
    assert [each for each in book.problems if each.startswith(problem)]
    assert (book.find("good") is None) is is_in_the_way


@given(st.text() | st.from_regex(r"(\[machine\.a\.profile\.x\]\n)?[ -~\n]{0,30}", fullmatch=True))
def test_any_text_is_a_book_or_broken(text: str) -> None:
    try:
        book = parse(text, HERE, "f")
    except BrokenTomlError as error:
        assert re.match(r"\d+: .", str(error))  # noqa: PT017 - either is right
    else:
        assert book.text == text


@pytest.mark.parametrize(
    "name",
    ["", " ", "a/b", "../x", "a\nb", "\x1b[2J", "a\x00", "-x", ".x", "x ", "a" * 61, "a\\b", "\u202ea", '"'],
)
def test_names_that_no_profile_can_have(name: str) -> None:
    with pytest.raises(UnfitNameError, match="is no name for a profile"):
        check_name(name)


@pytest.mark.parametrize("name", ["night", "two words", "a.b", "größer", "8-at-once", "a" * 60, "x"])
def test_names_that_a_profile_can_have(name: str) -> None:
    assert check_name(name) == name


def test_an_export_is_taken_up_as_it_was() -> None:
    values = {"OLLAMA_ORIGINS": 'http://a, "b" \\', "OLLAMA_HOST": None}
    (found,) = parse_export(export("two words", values), "f").saved
    assert (found.name, found.values) == ("two words", values)
    assert parse_export("[profil.x]", "f") == Book(
        "[profil.x]", (), (), ("f:1: unknown key 'profil'; did you mean profile?",)
    )
