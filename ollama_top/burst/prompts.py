"""What a burst asks: distinct prompts of about a wished length. Pure.

Each begins with a word of this burst and of its own number, so that no server finds a beginning that it
read before: a prompt that is cached is read in no time, and would measure the cache.
"""

from ollama_top.burst.words import WORDS

TOKENS_PER_WORD = 1.25  # of English prose, by the vocabularies in use; an estimate
TASK = "Go on with this list of words, and tell of each in a sentence what it brings to mind:"


def prompt(salt: int, number: int, tokens: int) -> str:
    """A prompt of about so many tokens, the same for the same salt and number."""
    count = max(1, round((tokens / TOKENS_PER_WORD) - len(TASK.split())))
    start = 7919 * number + 104_729 * salt
    words = [WORDS[(start + 31 * at * (1 + number % 5)) % len(WORDS)] for at in range(count)]
    return f"{salt:x}-{number}. {TASK} {', '.join(words)},"
