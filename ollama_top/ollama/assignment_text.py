"""An assignment as it is written into the files of a unit, so that systemd reads back what is meant. Pure.

Read in systemd's extract-word.c and env-file.c: the inverse of what `services.systemd` reads.
"""

HARD_IN_FILE = ("\\", '"', "`", "$")


def in_unit(name: str, value: str) -> str:
    """One word of Environment=, quoted: `%` begins a specifier, and a backslash an escape."""
    return f'"{name}={escaped_in_unit(value)}"'


def escaped_in_unit(value: str) -> str:
    """A value between double quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def in_environment_file(name: str, value: str) -> str:
    """One line of a file that a unit names for its environment; there `%` means nothing."""
    for each in HARD_IN_FILE:
        value = value.replace(each, f"\\{each}")
    return f'{name}="{value}"'
