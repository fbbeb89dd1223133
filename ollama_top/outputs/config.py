"""`ollama-top config show` as text: a setting a line, and the file where it could stand."""

from collections.abc import Iterator

from ollama_top.config.toml_edit import header
from ollama_top.model.own_setting import OwnSetting, OwnSettings
from ollama_top.model.text import printable


def as_text(found: OwnSettings, *, with_origin: bool) -> str:
    """Each setting with its value; with where it comes from, if that is asked for."""
    return "\n".join(map(printable, _lines(found, with_origin=with_origin)))


def _lines(found: OwnSettings, *, with_origin: bool) -> Iterator[str]:
    names = max(len(each.name) for each in found.settings)
    values = max(len(each.value) for each in found.settings)
    for each in found.settings:
        line = f"{each.name:{names}}  {each.value:{values}}  {_origin(each) if with_origin else ''}"
        yield line.rstrip()
    yield ""
    yield f"file     {found.file}{'' if found.is_there else ' (there is none)'}"
    yield f"machine  {found.machine_name}, in files {header(('machine', found.machine))}"
    if found.machine_problem is not None:
        yield f"note: {found.machine_problem}"


def _origin(each: OwnSetting) -> str:
    return each.level.value if each.origin is None else f"{each.level.value}: {each.origin}"
