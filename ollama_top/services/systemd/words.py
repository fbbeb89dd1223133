"""The words of a unit file's Environment= line, as systemd takes them apart. Pure.

Read in systemd's extract-word.c and escape.c: quotes count anywhere in a word, a backslash is C's
everywhere, and where a line cannot be taken apart the rest of it is ignored.
"""

import re
from collections.abc import Iterator

SIMPLE = {"a": b"\a", "b": b"\b", "f": b"\f", "n": b"\n", "r": b"\r", "t": b"\t", "v": b"\v", "s": b" "}
SAME = {each: each.encode() for each in "\\\"'"}
BYTE = re.compile(r"x([0-9a-fA-F]{2})|([0-3][0-7]{2})")
CHARACTER = re.compile(r"u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})")
BLANKS = " \t\n\r"
KNOWN_TO_SYSTEMD = frozenset("abcdfghjlmoqrstuvwyABCDEGHIJLMRSTUVWY")  # what they stand for it alone knows
SPECIFIER = re.compile(r"%(.?)", re.DOTALL)


class SyntaxProblemError(Exception):
    """The text says why systemd cannot take a line apart; `ignored` is what it ignores of it."""

    def __init__(self, why: str, ignored: str) -> None:
        super().__init__(why)
        self.ignored = ignored


def words(line: str) -> Iterator[str]:
    """The words of a line without their quotes; raises SyntaxProblemError where it cannot go on.

    Bytes that are no UTF-8 come out as lone surrogates, as with `surrogateescape`.
    """
    rest = line.lstrip(BLANKS)
    while rest:
        try:
            word, after = _word(rest)
        except ValueError as error:
            raise SyntaxProblemError(str(error), rest) from None
        yield word
        rest = after.lstrip(BLANKS)


def resolved(word: str, unit: str) -> str | None:
    """A word with its `%` specifiers replaced; None where only systemd knows what one stands for.

    Raises ValueError for one that systemd does not know, by which it ignores the word.
    """
    stem = unit.rpartition(".")[0] or unit
    prefix, _, instance = stem.partition("@")
    known = {"%": "%", "n": unit, "N": stem, "p": prefix, "P": prefix, "i": instance}
    found = {*SPECIFIER.findall(word)} - known.keys()
    unheard_of = sorted(each for each in found - KNOWN_TO_SYSTEMD if each.isascii() and each.isalnum())
    if unheard_of:
        raise ValueError(f"%{unheard_of[0]} is no specifier of systemd's; a percent sign is written %%")
    return (
        None if found & KNOWN_TO_SYSTEMD else SPECIFIER.sub(lambda match: known.get(match[1], match[0]), word)
    )


def _word(text: str) -> tuple[str, str]:
    """The first word, and what comes after it; raises ValueError."""
    taken = bytearray()
    quote, at = "", 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "\\":
            piece, at = _escape(text, at)
            taken += piece
        elif quote and character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        elif not quote and character in BLANKS:
            break
        else:
            taken += character.encode(errors="surrogateescape")
    if quote:
        raise ValueError(f"a quotation mark ({quote}) is not closed")
    return taken.decode(errors="surrogateescape"), text[at:]


def _escape(text: str, at: int) -> tuple[bytes, int]:
    """What the escape after a backslash stands for, and where the text goes on; raises ValueError."""
    character = text[at : at + 1]
    simple = SIMPLE.get(character) or SAME.get(character)
    if simple is not None:
        return simple, at + 1
    byte, wide = BYTE.match(text, at), CHARACTER.match(text, at)
    if byte is not None and (code := int(byte[1], 16) if byte[1] else int(byte[2], 8)):
        return bytes([code]), byte.end()
    if (
        wide is not None
        and 0 < (code := int(wide[1] or wide[2], 16)) <= 0x10FFFF
        and not 0xD800 <= code < 0xE000
    ):
        return chr(code).encode(), wide.end()
    raise ValueError(f"\\{character} is no escape that systemd knows")
