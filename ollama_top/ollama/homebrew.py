"""What Homebrew makes of Ollama as a service: its names, and what it sets for it. Pure.

Read in Formula/o/ollama.rb of homebrew-core and in brew's own source; both change without Ollama's doing.
"""

import re

NAMES = re.compile(r"(?:homebrew\.mxcl|homebrew|sh\.brew)\.(?P<formula>.+?)(?:\.service)?")
LINE = re.compile(r"\s*(?!#)([^=\s]+)\s*=(.*)")
QUOTES = ("'", '"')
FORMULA_SETS = frozenset({("OLLAMA_FLASH_ATTENTION", "1"), ("OLLAMA_KV_CACHE_TYPE", "q8_0")})
"""What the formula itself writes into the service's file, as it stands at 0.32.3."""

LOG = "var/log/ollama.log"
"""Where the formula has its service write, under Homebrew's own folder."""


def formula_of(service: str) -> str | None:
    """The formula that a service is made of, by its name on macOS or Linux; None where it is none."""
    found = NAMES.fullmatch(service)
    return found["formula"] if found else None


def overrides(text: str) -> list[tuple[str, str, int]]:
    """The variables of a formula's file, each with its line."""
    found = ((LINE.fullmatch(line), number) for number, line in enumerate(text.splitlines(), 1))
    return [(each[1], _bare(each[2]), number) for each, number in found if each]


def _bare(value: str) -> str:
    text = value.strip()
    is_quoted = len(text) > 1 and text[0] in QUOTES and text[-1] == text[0]
    return text[1:-1] if is_quoted else text
