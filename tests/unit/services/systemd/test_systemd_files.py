"""Which files of a unit count, from folders on a disk."""

import os
from pathlib import Path

import pytest

from ollama_top.services.systemd import files
from ollama_top.services.systemd.bus import Manager, Unit
from ollama_top.services.systemd.files import UnitFiles, read_files

N = "OLLAMA_NUM_PARALLEL"
NAME = "ollama.service"


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Where an administrator writes, and where packages do."""
    pair = tmp_path / "etc", tmp_path / "lib"
    for each in pair:
        (each / f"{NAME}.d").mkdir(parents=True)
    (pair[1] / NAME).write_text("[Service]\n")
    return pair


def read(folders: tuple[Path, Path], fragment: Path | None = None) -> UnitFiles:
    unit = Unit(
        name=NAME,
        load_state="loaded",
        active_state="active",
        sub_state="running",
        result="success",
        main_pid=1,
        exit_status=0,
        restarts=0,
        started_at=None,
        needs_reload=False,
        environment=(),
        fragment_path=str(fragment) if fragment else None,
        drop_in_paths=(),
    )
    return read_files(unit, Manager(tuple(map(str, folders)), ()))


def drop(folder: Path, name: str, value: str) -> Path:
    path = folder / f"{NAME}.d" / name
    path.write_text(f"[Service]\nEnvironment={N}={value}\n")
    return path


def value(found: UnitFiles) -> str | None:
    said = found.texts.configuration().said(N)
    return said[-1].value if said else None


def test_files_dropped_in_come_by_name_whatever_their_folder(folders: tuple[Path, Path]) -> None:
    paths = [folders[1] / NAME, drop(folders[0], "10-a.conf", "1"), drop(folders[1], "20-b.conf", "2")]
    found = read(folders)
    assert found.paths == tuple(map(str, paths))
    assert value(found) == "2"


def test_of_one_name_the_administrators_goes_before_the_packages(folders: tuple[Path, Path]) -> None:
    drop(folders[1], "a.conf", "2")
    drop(folders[0], "a.conf", "1")
    assert value(read(folders)) == "1"


def test_a_unit_of_the_administrators_goes_before_the_one_that_systemd_still_has(
    folders: tuple[Path, Path],
) -> None:
    (folders[0] / NAME).write_text(f"[Service]\nEnvironment={N}=8\n")
    assert value(read(folders, fragment=folders[1] / NAME)) == "8"


def test_a_link_that_is_set_anew_is_a_change(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """As on NixOS, whose files all bear the same old date, and a link on the way is what changes."""
    store = tmp_path / "store"
    store.mkdir()
    (store / NAME).write_text("[Service]\n")
    os.utime(store / NAME, (1, 1))
    (folders[1] / NAME).unlink()
    (tmp_path / "generation").symlink_to(store)
    (folders[0] / NAME).symlink_to(tmp_path / "generation" / NAME)
    os.utime(folders[0] / NAME, (5, 5), follow_symlinks=False)
    os.utime(tmp_path / "generation", (9, 9), follow_symlinks=False)
    assert read(folders).changed_s == 9


def test_a_unit_that_nixos_made_is_known_by_where_it_lies(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not read(folders).is_of_nix
    monkeypatch.setattr(files, "NIX_STORE", f"{folders[1]}/")
    assert read(folders).is_of_nix


def test_a_link_to_nowhere_takes_a_file_out(folders: tuple[Path, Path]) -> None:
    drop(folders[1], "a.conf", "2")
    (folders[0] / f"{NAME}.d" / "a.conf").symlink_to("/dev/null")
    assert value(read(folders)) is None


def test_a_file_of_all_services_counts(folders: tuple[Path, Path]) -> None:
    (folders[0] / "service.d").mkdir()
    (folders[0] / "service.d" / "all.conf").write_text(f"[Service]\nEnvironment={N}=3\n")
    assert value(read(folders)) == "3"


def test_a_name_without_its_ending_is_told(folders: tuple[Path, Path]) -> None:
    stray = drop(folders[0], "override.conf.bak", "9")
    found = read(folders)
    assert value(found) is None
    assert found.stray == (str(stray),)


def test_files_behind_a_pattern_count_by_name(folders: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.env").write_text(f"{N}={name}\n")
    (folders[1] / NAME).write_text(f"[Service]\nEnvironmentFile={tmp_path}/*.env\n")
    assert value(read(folders)) == "b"


def test_the_newest_change_is_told(folders: tuple[Path, Path], tmp_path: Path) -> None:
    named = tmp_path / "env"
    named.write_text(f"{N}=1\n")
    (folders[1] / NAME).write_text(f"[Service]\nEnvironmentFile={named}\n")
    later_s = 2_000_000_000
    os.utime(named, (later_s, later_s))
    found = read(folders)
    assert (found.changed_s, found.newest) == (later_s, str(named))


def test_without_any_file_nothing_is_said(tmp_path: Path) -> None:
    found = read((tmp_path / "none", tmp_path / "neither"))
    assert (found.paths, found.changed_s) == ((), None)
