"""The feed's socket: for its owner or a group, and never in the place of another."""

import os
import socket
import stat
from pathlib import Path

import pytest
from feeding import served

from ollama_top.proxy.feed import place
from ollama_top.proxy.feed.place import FeedError
from ollama_top.proxy.metering.meter import Meter


async def test_the_socket_is_for_its_owner_only(tmp_path: Path) -> None:
    async with served(tmp_path / "f", Meter()):
        assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600
    assert not (tmp_path / "f").exists()


def test_a_group_may_be_let_in(tmp_path: Path) -> None:
    import grp

    own = place.take(tmp_path / "f", grp.getgrgid(os.getgid()).gr_name)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o660
    own.leave()
    with pytest.raises(FeedError, match="no group 'nobody-of-that-name'"):
        place.take(tmp_path / "f", "nobody-of-that-name")


def test_a_socket_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "f"))
    own = place.take(tmp_path / "f")
    assert place.is_live(tmp_path / "f")
    own.leave()


def test_a_proxy_that_runs_and_a_file_are_let_be(tmp_path: Path) -> None:
    own = place.take(tmp_path / "f")
    with pytest.raises(FeedError, match="another proxy that runs"):
        place.take(tmp_path / "f")
    own.leave()
    (tmp_path / "f").write_text("mine")
    with pytest.raises(FeedError, match="is no socket"):
        place.take(tmp_path / "f")
    assert (tmp_path / "f").read_text() == "mine"


def test_the_socket_of_a_successor_is_not_taken_away(tmp_path: Path) -> None:
    own = place.take(tmp_path / "f")
    (tmp_path / "f").rename(tmp_path / "old")
    successor = place.take(tmp_path / "f")
    own.leave()
    assert (tmp_path / "f").exists()
    successor.leave()


def test_a_path_that_is_too_long_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="too long"):
        place.take(tmp_path / ("x" * 200))
