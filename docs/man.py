"""Writes docs/ollama-top.1, the manual page, from the command line's own parser; `python docs/man.py`.

Must never state a fact of its own that is declared elsewhere: only how the pieces are put together.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from ollama_top import __version__
from ollama_top.cli.exits import EXIT_CODES
from ollama_top.cli.parsing import parser
from ollama_top.config.settings import VARIABLES

PAGE = Path(__file__).parent / "ollama-top.1"
FILES = {
    "~/.config/ollama-top/config.toml": "The settings file; the keys are in docs/reference.md.",
    "~/.local/state/ollama-top/": "What is kept of the view of each server, and of bursts.",
    "$XDG_RUNTIME_DIR/ollama-top/, /run/ollama-top/": "Where proxies tell monitors what passes.",
}


def manual() -> str:
    """The whole page."""
    return "\n".join((*_lines(parser()), ""))


def _lines(whole: argparse.ArgumentParser) -> Iterator[str]:
    commands = list(_commands(whole))
    yield r".\" Made by docs/man.py from the declarations in the program; a test fails when it is stale."
    yield f'.TH OLLAMA-TOP 1 "" "ollama-top {__version__}" "User Commands"'
    yield from (".SH NAME", r"ollama\-top \- htop for Ollama")
    yield from (".SH SYNOPSIS", ".B ollama\\-top", ".RI [ OPTION ]...")
    for name, _, _ in commands:
        yield from (".br", rf".B ollama\-top {_safe(name)}", ".RI [ OPTION ]...")
    yield from (".SH DESCRIPTION", _safe(whole.description or ""))
    yield "Without a command the monitor is shown, in a terminal. Its keys are behind ?."
    yield from (".SH OPTIONS", *_options(whole, ()))
    yield ".SH COMMANDS"
    common = _names(whole)
    for name, command, help_text in commands:
        yield from (f'.SS "{_safe(name)}"', _safe(f"{_sentence(help_text)} {command.description}"))
        yield from _options(command, common)
    yield "The options of the program itself that name a server may follow a command too."
    yield from (".SH EXIT STATUS", *_table((str(code), _sentence(what)) for code, what in EXIT_CODES.items()))
    yield from (".SH ENVIRONMENT", *_table(VARIABLES.items()))
    yield from (".SH FILES", *_table(FILES.items()))
    yield from (".SH SEE ALSO", "ollama(1), systemd.service(5), and docs/reference.md for every value told.")


def _commands(
    whole: argparse.ArgumentParser, before: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Every command by its whole name, with its help; after a group those in it."""
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {each.dest: each.help for each in action._choices_actions}
            for name, command in action.choices.items():
                yield f"{before}{name}", command, helps[name] or ""
                yield from _commands(command, f"{before}{name} ")


def _names(command: argparse.ArgumentParser) -> set[str]:
    return {name for each in command._actions for name in each.option_strings}


def _options(command: argparse.ArgumentParser, told: Iterable[str]) -> Iterator[str]:
    """The arguments of a command but for those that were told before."""
    for each in command._actions:
        is_told = bool(set(each.option_strings) & set(told)) and each.dest != "demo"
        if is_told or each.help == argparse.SUPPRESS or isinstance(each, argparse._SubParsersAction):
            continue
        yield from (".TP", _usage(each), _safe(f"{_sentence(each.help or '')}"))


def _usage(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else _value(action)
    names = ", ".join(rf"\fB{_safe(each)}\fR" for each in action.option_strings)
    return " ".join(each for each in (names, value) if each)


def _value(action: argparse.Action) -> str:
    name = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    shown = rf"\fI{_safe(str(name))}\fR"
    return {"+": f"{shown}...", "*": f"[{shown}...]", "?": f"[{shown}]"}.get(str(action.nargs), shown)


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, meaning in rows:
        yield from (".TP", rf"\fB{_safe(name)}\fR", _safe(meaning))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else text


def _safe(text: str) -> str:
    """Text in which groff sees no command and no dash that it would draw as a hyphen."""
    safe = " ".join(text.replace("%%", "%").split())
    for each, written in (("\\", r"\e"), ("-", r"\-"), ("'", r"\(aq")):
        safe = safe.replace(each, written)
    return rf"\&{safe}" if safe.startswith(".") else safe


if __name__ == "__main__":
    PAGE.write_text(manual(), encoding="utf-8")
