"""Feeds lie where every monitor of a user looks, and where nobody else can put one."""

import os
from pathlib import Path

import pytest

from ollama_top.config.feed_folder import (
    SYSTEM_FOLDER,
    UnsafeFolderError,
    feed_folder,
    feed_path,
    is_given,
    make_folder,
    trusted,
)


def test_the_runtime_folder_is_taken_where_there_is_one() -> None:
    assert feed_folder({"XDG_RUNTIME_DIR": "/run/user/1"}) == Path("/run/user/1/ollama-top")


@pytest.mark.parametrize("environ", [{}, {"XDG_RUNTIME_DIR": ""}, {"XDG_RUNTIME_DIR": "not/absolute"}])
def test_else_one_of_the_user_for_what_does_not_last(environ: dict[str, str]) -> None:
    assert feed_folder(environ).name == f"ollama-top-{os.getuid()}"


@pytest.mark.parametrize(
    ("listen", "name"),
    [("127.0.0.1:11435", "proxy-127.0.0.1-11435.sock"), ("[::1]:11435", "proxy-1-11435.sock")],
)
def test_each_listener_has_a_name_of_its_own(listen: str, name: str) -> None:
    assert feed_path(listen, {"XDG_RUNTIME_DIR": "/r"}) == Path("/r/ollama-top") / name


def test_a_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    make_folder(tmp_path / "new" / "folder")
    make_folder(tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o777 == 0o700


def test_what_others_could_write_to_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").write_text("")
    for unsafe in (open_to_all, tmp_path / "link", tmp_path / "file"):
        with pytest.raises(UnsafeFolderError):
            make_folder(unsafe)


def test_the_systems_folder_is_trusted_when_only_root_can_have_made_it(tmp_path: Path) -> None:
    folder = tmp_path / "ollama-top"
    folder.mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    assert is_given(folder) == (os.getuid() == 0)
    folder.chmod(0o775)
    assert not is_given(folder)
    folder.chmod(0o755)
    tmp_path.chmod(0o777)
    assert not is_given(folder)


def test_a_folder_that_is_not_there_is_not_looked_into(tmp_path: Path) -> None:
    assert trusted({"XDG_RUNTIME_DIR": str(tmp_path)}) == tuple(
        each for each in (SYSTEM_FOLDER,) if each.is_dir() and is_given(each)
    )
    make_folder(tmp_path / "ollama-top")
    assert tmp_path / "ollama-top" in trusted({"XDG_RUNTIME_DIR": str(tmp_path)})
