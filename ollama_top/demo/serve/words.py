"""What the simulated models write. Pure; never the same word over and over, as Ollama would stop that."""

TEXT = """
the queue is short today and every slot has found its request so the cards stay warm while
people read what was written for them in a calm even voice about nothing in particular
"""
WORDS = tuple(TEXT.split())


def word(task: int, number: int) -> str:
    """The text of one token of one answer."""
    return f" {WORDS[(5 * task + number) % len(WORDS)]}"


def count_tokens(text: str) -> int:
    """Tokens of a prompt: here a word is a token."""
    return max(1, len(text.split()))
