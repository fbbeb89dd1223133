"""A row as text for somebody else's eyes: one line, or the JSON that `show --json` prints of it. Pure."""

import json
from datetime import datetime
from typing import Any

from ollama_top.columns.cell import UNKNOWN
from ollama_top.columns.column import Table
from ollama_top.model.encoded import Reasons, encode

LARGEST_BYTES = 48 << 10  # terminals and tmux drop what is much longer


def as_line(table: Table[Any], row: object, taken_at: datetime) -> str:
    """Every column that has a value, with its title; all of them, however narrow the screen."""
    cells = ((column.title, column.cell(row, taken_at).text.strip()) for column in table.columns)
    return "  ".join(f"{title} {text}" for title, text in cells if text and text != UNKNOWN.text)


def as_json(row: object) -> str:
    """The row as it stands in the document, with the reasons for what is missing; printable ASCII."""
    missing: Reasons = {}
    document = {**encode(row, "", missing), "missing": missing}
    text = json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False)
    return text.replace("\x7f", "\\u007f")  # a control character that JSON need not escape
