"""The file of profiles: who else writes to it, where it lies, and what is in the way."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from profile_texts import HERE, THERE

from ollama_top.config import profiles, state_file
from ollama_top.config.profile_file import (
    LARGEST_BYTES,
    ProfileFile,
    ProfileFileError,
    file_for,
    read_export,
    write_export,
)
from ollama_top.config.profiles import Book

FOUR = {"OLLAMA_NUM_PARALLEL": "4"}


@pytest.fixture
def file(tmp_path: Path) -> ProfileFile:
    return ProfileFile(tmp_path / "conf" / "profiles.toml", HERE)


def names(file: ProfileFile) -> set[str]:
    return {each.name for each in file.read().saved}


def left_over(file: ProfileFile) -> list[str]:
    """What lies beside it."""
    return [each.name for each in file.path.resolve().parent.iterdir() if each.name != "profiles.toml"]


def test_there_need_be_no_file_and_no_folder(file: ProfileFile) -> None:
    assert file.read() == Book()
    file.save("night", FOUR)
    assert file.read().find("night") is not None
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert left_over(file) == []


def test_it_lies_where_the_system_keeps_such() -> None:
    assert file_for(HERE).path == Path(os.environ["XDG_CONFIG_HOME"]) / "ollama-top" / "profiles.toml"


def test_two_machines_share_it(file: ProfileFile) -> None:
    other = ProfileFile(file.path, THERE)
    file.save("night", FOUR)
    other.save("night", {"OLLAMA_NUM_PARALLEL": "1"})
    file.save("day", FOUR)
    other.delete("night")
    assert (names(file), names(other)) == ({"night", "day"}, set())
    assert other.read().others == ("here",)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660])
def test_its_mode_and_a_link_to_it_stay(file: ProfileFile, tmp_path: Path, mode: int) -> None:
    dotfile = tmp_path / "dotfiles" / "profiles.toml"
    dotfile.parent.mkdir()
    dotfile.write_text("# mine\n")
    dotfile.chmod(mode)
    file.path.parent.mkdir()
    file.path.symlink_to("../dotfiles/profiles.toml")
    file.save("night", FOUR)
    assert file.path.readlink() == Path("../dotfiles/profiles.toml")
    assert dotfile.read_text().startswith("# mine\n")
    assert stat.S_IMODE(dotfile.stat().st_mode) == mode
    assert [each.name for each in dotfile.parent.iterdir()] == ["profiles.toml"]


def test_a_link_to_nothing_yet_is_followed(file: ProfileFile, tmp_path: Path) -> None:
    file.path.parent.mkdir()
    file.path.symlink_to(tmp_path / "dotfiles" / "profiles.toml")
    file.save("night", FOUR)
    assert file.path.is_symlink()
    assert names(file) == {"night"}


def test_what_was_seen_must_still_stand(file: ProfileFile) -> None:
    file.save("night", FOUR)
    seen = file.read()
    file.path.write_text(seen.text + "# by an editor\n")
    with pytest.raises(ProfileFileError, match="nothing is written, it was changed meanwhile"):
        file.delete("night", seen)
    assert file.path.read_text() == seen.text + "# by an editor\n"
    file.delete("night", file.read())


def test_an_editor_that_saves_meanwhile_loses_nothing(file: ProfileFile) -> None:
    file.save("night", FOUR)

    def edit(book: Book) -> str:
        file.path.write_text(book.text + "# by an editor\n")
        return book.text + "# by us\n"

    with pytest.raises(ProfileFileError, match="changed meanwhile"):
        file.change(edit)
    assert file.path.read_text().endswith("# by an editor\n")
    assert left_over(file) == []


def test_writers_take_turns(file: ProfileFile) -> None:
    def save(number: int) -> None:
        ProfileFile(file.path, HERE).save(f"p{number}", FOUR)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(24)))
    assert names(file) == {f"p{number}" for number in range(24)}


def test_one_that_writes_for_long_is_not_waited_for(
    file: ProfileFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_file, "LOCK_PATIENCE_S", 0.05)
    file.save("night", FOUR)
    with state_file.locked_folder(file.path.parent), pytest.raises(ProfileFileError, match="another program"):
        file.save("day", FOUR)
    assert names(file) == {"night"}


BROKEN = "[machine.x]\nname = 'a'\nhost =\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (BROKEN.encode(), r":3: near 'host': Invalid value"),
        (b"\xff\xfe", ": it is no text in UTF-8"),
        (b"#" * (10 << 20), ": it is larger than a mebibyte"),
        (b"a = 1\x00", ":1: near 'a': "),
        (b"a = " + b"[" * 100_000, ":1: nested too deeply"),
    ],
)
def test_a_file_that_is_not_understood_is_named_and_never_written_over(
    file: ProfileFile, content: bytes, problem: str
) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(content)
    for act in (file.read, lambda: file.save("night", FOUR), lambda: file.delete("night")):
        with pytest.raises(ProfileFileError, match=problem) as refused:
            act()
        assert str(refused.value).startswith(str(file.path))
    assert file.path.read_bytes() == content
    assert left_over(file) == []


def test_it_never_grows_to_what_is_not_read_any_more(file: ProfileFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text("#" * (LARGEST_BYTES - 1) + "\n")
    assert file.read().problems == ()
    with pytest.raises(ProfileFileError, match="nothing is written, it would be larger than a mebibyte"):
        file.save("night", FOUR)
    assert file.path.stat().st_size == LARGEST_BYTES


def test_what_is_no_plain_file_is_not_waited_for(file: ProfileFile) -> None:
    file.path.parent.mkdir()
    os.mkfifo(file.path)
    with pytest.raises(ProfileFileError, match="it is no plain file"):
        file.read()
    with pytest.raises(ProfileFileError, match="Is a directory"):
        ProfileFile(file.path.parent, HERE).read()


def test_a_link_to_itself_is_named(file: ProfileFile) -> None:
    file.path.parent.mkdir()
    file.path.symlink_to(file.path)
    with pytest.raises(ProfileFileError, match="Too many levels of symbolic links"):
        file.read()


def test_a_folder_that_cannot_be_made_is_named() -> None:
    file = ProfileFile(Path("/proc/nowhere/profiles.toml"), HERE)
    with pytest.raises(ProfileFileError, match="nothing is written, "):
        file.save("night", FOUR)


@pytest.fixture
def unwritable(file: ProfileFile) -> Iterator[ProfileFile]:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    file.save("night", FOUR)
    file.path.parent.chmod(0o500)
    yield file
    file.path.parent.chmod(0o700)


def test_a_folder_that_is_read_only_is_named(unwritable: ProfileFile) -> None:
    with pytest.raises(ProfileFileError, match="nothing is written, Permission denied"):
        unwritable.save("day", FOUR)
    assert names(unwritable) == {"night"}


FULL = """
import resource, sys
from pathlib import Path
from ollama_top.config.machine import Machine
from ollama_top.config.profile_file import ProfileFile, ProfileFileError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    ProfileFile(Path(sys.argv[1]), Machine("a" * 32, "here")).save("day", {"OLLAMA_ORIGINS": "x" * 4000})
except ProfileFileError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_leaves_the_old_file(file: ProfileFile) -> None:
    file.save("night", FOUR)
    before = file.path.read_bytes()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    words = [sys.executable, "-c", FULL, str(file.path), "1000"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == f"{file.path}: nothing is written, File too large\n"
    assert file.path.read_bytes() == before
    assert left_over(file) == []


def test_an_export_is_a_new_file_or_none(tmp_path: Path) -> None:
    path = tmp_path / "night.toml"
    write_export(path, profiles.export("night", {"OLLAMA_NUM_PARALLEL": "4"}))
    assert [each.name for each in read_export(path).saved] == ["night"]
    for impossible in (path, tmp_path / "none" / "x", tmp_path):
        with pytest.raises(ProfileFileError, match=str(impossible)):
            write_export(impossible, "")
    with pytest.raises(ProfileFileError, match="no such file"):
        read_export(tmp_path / "none")
    assert [each.name for each in tmp_path.iterdir()] == ["night.toml"]
