"""Keys are declared once, and every declaration does something."""

from collections import Counter

import pytest
from textual import actions

from ollama_top.tui.acting import Hands
from ollama_top.tui.app import MonitorApp
from ollama_top.tui.burst_keys import BURST_KEYS
from ollama_top.tui.change_keys import (
    CHANGE_KEYS,
    COPY_KEYS,
    MEND_KEYS,
    PLAN_KEYS,
    PROGRESS_KEYS,
    SETTINGS_KEYS,
)
from ollama_top.tui.hosts import HostsApp
from ollama_top.tui.hosts_keys import HOSTS_KEYS, TABBED_KEYS
from ollama_top.tui.hour_keys import HOUR_KEYS
from ollama_top.tui.keys import (
    CHOICE_KEYS,
    CONFIRM_KEYS,
    ENTRY_KEYS,
    PAGE_KEYS,
    PICKER_KEYS,
    SETUP_KEYS,
    Group,
    Key,
    allowed,
    in_footer,
)
from ollama_top.tui.log_keys import LOG_KEYS
from ollama_top.tui.main_keys import MAIN_KEYS, asks, opens
from ollama_top.tui.opening import Opening
from ollama_top.tui.profile_keys import PROFILE_KEYS
from ollama_top.tui.replay_keys import KEYS as REPLAY_KEYS
from ollama_top.tui.replaying import ReplayApp, ReplayScreen
from ollama_top.tui.screens.burst import BurstScreen
from ollama_top.tui.screens.choice import Choice, Confirm
from ollama_top.tui.screens.doctor import DoctorScreen
from ollama_top.tui.screens.entry import Entry
from ollama_top.tui.screens.hosts import HostsScreen, TabbedControlScreen
from ollama_top.tui.screens.hour import HourScreen
from ollama_top.tui.screens.log import LogScreen
from ollama_top.tui.screens.main import ControlScreen, MainScreen
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.picker import Picker
from ollama_top.tui.screens.plan import CommandsPage, PlanScreen
from ollama_top.tui.screens.profiles import ProfilesScreen
from ollama_top.tui.screens.progress import ProgressScreen
from ollama_top.tui.screens.settings import ChangeScreen, SettingsScreen
from ollama_top.tui.screens.setup import Setup

SETS = {
    "main": (MAIN_KEYS, ControlScreen),
    "page": (PAGE_KEYS, Page),
    "setup": (SETUP_KEYS, Setup),
    "choice": (CHOICE_KEYS, Choice),
    "confirm": (CONFIRM_KEYS, Confirm),
    "picker": (PICKER_KEYS, Picker),
    "entry": (ENTRY_KEYS, Entry),
    "log": (LOG_KEYS, LogScreen),
    "profiles": (PROFILE_KEYS, ProfilesScreen),
    "hour": (HOUR_KEYS, HourScreen),
    "replay": (REPLAY_KEYS, ReplayScreen),
    "hosts": (HOSTS_KEYS, HostsScreen),
    "tabbed": (TABBED_KEYS, TabbedControlScreen),
    "burst": (BURST_KEYS, BurstScreen),
    "settings": (SETTINGS_KEYS, SettingsScreen),
    "changes": (CHANGE_KEYS, ChangeScreen),
    "plan": (PLAN_KEYS, PlanScreen),
    "commands": (COPY_KEYS, CommandsPage),
    "progress": (PROGRESS_KEYS, ProgressScreen),
    "doctor": (MEND_KEYS, DoctorScreen),
}
APPS = {ReplayScreen: ReplayApp, HostsScreen: HostsApp, TabbedControlScreen: HostsApp}
BY_NAME = {"open": Opening, "ask": Hands}
"""What has a method for each thing that an action of the app names."""

HABITS = {
    "f1": opens("help"), "question_mark": opens("help"), "h": opens("help"),
    "f2": opens("setup"), "S": opens("setup"),
    "f3": "search", "slash": "search", "f4": "filter", "backslash": "filter", "f5": "app.look_now",
    "r": "app.look_now", "f6": opens("sort"), "less_than_sign": opens("sort"),
    "greater_than_sign": opens("sort"),
    "I": "invert", "f9": asks("unload"), "u": asks("unload"), "f10": "app.quit", "q": "app.quit",
    "ctrl+c": "app.quit", "space": "app.pause", "Z": "app.pause", "z": "zoom", "T": "app.next_theme",
    "enter": opens("details"), "n": "search_again", "tab": "focus_step(1)", "shift+tab": "focus_step(-1)",
    "j": "move(1)", "k": "move(-1)", "l": opens("log"),
}  # fmt: skip

each_set = pytest.mark.parametrize(("keys", "screen"), SETS.values(), ids=SETS)


@each_set
def test_no_key_does_two_things(keys: tuple[Key, ...], screen: type) -> None:
    counted = Counter(name for key in keys for name in key.keys)
    assert not [name for name, times in counted.items() if times > 1]


@each_set
def test_every_key_does_something(keys: tuple[Key, ...], screen: type) -> None:
    for key in keys:
        destination, name, parameters = actions.parse(key.action.replace("{key}", key.keys[0]))
        app = APPS.get(screen, MonitorApp)
        owner = app if destination == "app" else screen
        assert hasattr(owner, f"action_{name}"), key
        if destination == "app" and name in BY_NAME:
            assert all(hasattr(BY_NAME[name], each) for each in parameters), key


@each_set
def test_every_key_is_told(keys: tuple[Key, ...], screen: type) -> None:
    assert all(key.shown and key.label and key.help.endswith(".") and key.group in Group for key in keys)


@pytest.mark.parametrize(("name", "action"), HABITS.items())
def test_the_habits_of_htop(name: str, action: str) -> None:
    assert [key.action for key in MAIN_KEYS if name in key.keys] == [action]


def test_who_may_only_look_has_no_key_that_changes_the_server() -> None:
    writing = {key.action for key in MAIN_KEYS if key.writes}
    deeds = ("actions", "unload", "load", "keep", "pull", "stop", "proxy")
    assert writing == {*map(asks, deeds), "app.burst"}
    assert not [key for key in allowed(MAIN_KEYS, read_only=True) if key.writes]
    assert allowed(MAIN_KEYS, read_only=False) == MAIN_KEYS
    assert not writing & {binding.action for binding in MainScreen.BINDINGS}
    assert writing == {binding.action for binding in ControlScreen.BINDINGS}


def test_who_may_only_look_has_no_key_that_changes_settings() -> None:
    assert not [key for key in SETTINGS_KEYS if key.writes]
    kept = {binding.action for binding in SettingsScreen.BINDINGS}
    assert not {key.action for key in CHANGE_KEYS if key.writes} & kept


def test_where_names_are_typed_no_letter_is_a_key() -> None:
    for keys in (ENTRY_KEYS, PICKER_KEYS):
        assert not [name for key in keys for name in key.keys if len(name) == 1]


def test_the_footer_names_the_way_out() -> None:
    questions = (CHOICE_KEYS, CONFIRM_KEYS, ENTRY_KEYS, PICKER_KEYS)
    for keys in (MAIN_KEYS, PAGE_KEYS, SETUP_KEYS, HOUR_KEYS, REPLAY_KEYS, *questions):
        assert any(key.label in {"quit", "back"} for key in in_footer(keys)[:5])
