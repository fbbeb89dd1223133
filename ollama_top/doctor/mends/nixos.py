"""NixOS: its configuration is the only place, since it makes all files from that. Pure."""

from collections.abc import Iterator, Sequence

from ollama_top.model.finding import Change

OPTIONS = {"OLLAMA_HOST": "host", "OLLAMA_MODELS": "models"}
"""Variables that have an option of their own, which goes before `environmentVariables`."""


def steps(changes: Sequence[Change]) -> tuple[str, ...]:
    """What to write, and what makes it so."""
    lines = [line for each in changes for line in _lines(each)]
    return ("in configuration.nix write", *lines, "sudo nixos-rebuild switch")


def _lines(change: Change) -> Iterator[str]:
    if change.value is None:
        yield f"    (and take {change.name} out of services.ollama.environmentVariables)"
    elif change.name == "OLLAMA_HOST":
        host, _, port = change.value.rpartition("://")[2].rpartition(":")
        is_split = port.isascii() and port.isdigit() and bool(host)
        yield f"    services.ollama.host = {_string(host if is_split else change.value)};"
        if is_split:
            yield f"    services.ollama.port = {port};"
    else:
        option = OPTIONS.get(change.name, f"environmentVariables.{change.name}")
        yield f"    services.ollama.{option} = {_string(change.value)};"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return f'"{escaped}"'
