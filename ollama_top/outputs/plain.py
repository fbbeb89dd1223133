"""A Frame as plain text (to come)."""

from ollama_top.model.frame import Frame


def text(frame: Frame) -> str:
    """Plain text."""
    return frame.verdict.text
