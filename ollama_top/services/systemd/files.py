"""A unit's files as they lie on the disk now: its own, those dropped in, and those they name. Reads only.

systemd is not asked which they are: what has been written since it last looked is what the next
start would get, and v252 does not even notice the first file in a new folder.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from ollama_top.services.systemd.bus import Manager, Unit
from ollama_top.services.systemd.configured import TextFile, UnitTexts, environment_files

SUFFIX = ".conf"
LIMIT_BYTES = 1 << 20
NIX_STORE = "/nix/store/"
MOST_LINKS = 40  # as many as the kernel follows


@dataclass(frozen=True, slots=True)
class UnitFiles:
    """What the files of a unit say, and when they were last changed."""

    texts: UnitTexts
    changed_s: float | None  # of the newest of them, seconds since the epoch; None where there is none
    newest: str | None  # its path
    paths: tuple[str, ...]  # the unit's own file, then those dropped in, in systemd's order
    stray: tuple[str, ...]  # files beside those dropped in whose name does not end as systemd wants it
    is_of_nix: bool = False  # whether the unit's own file is one that NixOS makes


def read_files(unit: Unit, manager: Manager) -> UnitFiles:
    """All files that have a say in the environment of a unit's next start."""
    folders = [Path(each) for each in manager.unit_path]
    own = _own_file(unit, folders)
    found = {each.name: each for each in reversed([*_dropped_in(unit.name, folders)])}
    paths = [
        *own,
        *(found[name] for name in sorted(found) if name.endswith(SUFFIX) and not _is_masked(found[name])),
    ]
    files = [_read(each) for each in paths]
    named = {
        each.pattern: _matching(each.pattern, is_optional=each.is_optional)
        for each in environment_files(unit.name, files)
    }
    every = [*files, *(each for several in named.values() for each in several)]
    changed_s, newest = max(((_changed_s(each.path), each.path) for each in every), default=(None, None))
    return UnitFiles(
        UnitTexts(unit.name, tuple(files), named, manager.environment),
        changed_s,
        newest,
        tuple(map(str, paths)),
        tuple(str(found[name]) for name in sorted(found) if not name.endswith(SUFFIX)),
        is_of_nix=any(os.path.realpath(each).startswith(NIX_STORE) for each in own),
    )


def _own_file(unit: Unit, folders: Sequence[Path]) -> list[Path]:
    """The unit's own file: the first there is, else the one that systemd read."""
    written = [folder / unit.name for folder in folders if (folder / unit.name).exists()]
    return written[:1] or ([Path(unit.fragment_path)] if unit.fragment_path else [])


def _dropped_in(unit: str, folders: Sequence[Path]) -> list[Path]:
    """The files dropped in, those that go before others of the same name first."""
    kind = unit.rpartition(".")[2]
    names = (f"{unit}.d", f"{kind}.d")
    listed = [folder / name for name in names for folder in folders]
    return [each for folder in listed for each in _entries(folder)]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_masked(path: Path) -> bool:
    """Whether a link to /dev/null, or an empty file, takes out what lies elsewhere under its name."""
    try:
        return path.resolve() == Path("/dev/null") or path.stat().st_size == 0
    except OSError:
        return False


def _matching(pattern: str, *, is_optional: bool) -> tuple[TextFile, ...]:
    """The files behind a pattern; one that is missed stands for itself."""
    paths = sorted(glob(pattern)) if any(each in pattern for each in "*?[") else [pattern]  # noqa: PTH207 - a pattern with its folder
    found = [_read(Path(each)) for each in paths]
    return tuple(each for each in found if not (is_optional and each.text is None and each.problem is None))


def _read(path: Path) -> TextFile:
    try:
        with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return TextFile(str(path), file.read(LIMIT_BYTES))
    except FileNotFoundError:
        return TextFile(str(path), None)
    except OSError as error:
        return TextFile(str(path), None, f"it may not be read ({error.strerror})")


def _changed_s(path: str) -> float:
    """When what stands at a path last changed: the file, or a link on the way to it that was set anew.

    All that NixOS makes bears the year 1970: there a link alone tells of a change.
    """
    try:
        return max((Path(path).stat().st_mtime, *_links_s(Path(path))))
    except OSError:
        return 0.0


def _links_s(path: Path) -> Iterator[float]:
    """When each link on the way to a file was made; raises OSError."""
    for _ in range(MOST_LINKS):
        link = next((each for each in (path, *path.parents) if each.is_symlink()), None)
        if link is None:
            return
        yield link.lstat().st_mtime
        path = link.parent / link.readlink() / path.relative_to(link)
