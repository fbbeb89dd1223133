"""Another value for a variable: what it means before it is asked for."""

import frames
import pytest

from ollama_top.control import wanted
from ollama_top.model.finding import Change
from ollama_top.model.reading import Missing, Why
from ollama_top.model.setting import Setting, SettingStatus

N = "OLLAMA_NUM_PARALLEL"
NEWEST = None
DENIED = Missing(Why.DENIED, "only root may read it")
NOBODY = Missing(Why.UNSUPPORTED, "no service keeps it")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", f"Empty takes {N} away; then 1 holds."),
        ("4", f"The next start gets {N}=4."),
        ("04", f"The next start gets {N}=04, read as 4."),
    ],
)
def test_it_says_what_a_line_means(typed: str, says: str) -> None:
    change = wanted.change_of(N, typed)
    assert wanted.problem(change, NEWEST) is None
    assert wanted.meaning(change, NEWEST) == says


def test_it_says_what_is_wrong_with_it() -> None:
    assert "no whole number" in (wanted.problem(Change(N, "four"), NEWEST) or "")
    assert "may be a secret" in (wanted.problem(Change("OLLAMA_API_KEY", "x"), NEWEST) or "")


@pytest.mark.parametrize(
    ("setting", "before"),
    [
        (frames.setting(N, "2", "4"), "4"),
        (frames.setting(N, "2", NOBODY), "2"),
        (frames.setting(N, "2"), ""),
        (frames.setting(N, DENIED, NOBODY), ""),
        (None, ""),
    ],
)
def test_it_begins_with_what_the_next_start_would_get(setting: Setting | None, before: str) -> None:
    assert wanted.before(setting) == before


@pytest.mark.parametrize(
    ("setting", "value", "is_no_change"),
    [
        (frames.setting(N, "4", "4", SettingStatus.SET), "4", True),
        (frames.setting(N, "2", "4", SettingStatus.PENDING), "4", False),  # a restart is what is wanted
        (frames.setting(N, "4", "4", SettingStatus.SET), "8", False),
        (frames.setting(N, "4", "4", SettingStatus.SET), None, False),
        (frames.setting(N), None, True),
        (frames.setting(N, DENIED, NOBODY), None, False),  # it may be set where nobody looks
        (None, None, True),
        (None, "1", False),
    ],
)
def test_what_leaves_all_as_it_is_is_no_change(
    setting: Setting | None, value: str | None, is_no_change: bool
) -> None:
    assert wanted.is_as_it_is(Change(N, value), setting) is is_no_change


def test_what_is_known_of_it_is_told_before() -> None:
    said = [*wanted.told(N, frames.setting(N, DENIED, "4"), NEWEST)]
    assert "It takes a whole number, 0 or more." in said
    assert f"configured: 4 ({frames.DROP_IN})" in said
    assert "running: not known (only root may read it)" in said
    assert [*wanted.told("CUDA_VISIBLE_DEVICES", None, NEWEST)]
