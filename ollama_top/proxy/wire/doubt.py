"""The end of reading: bytes that two readers could take for different things."""


class DoubtError(Exception):
    """The bytes cannot be read, or not in one way only; the text says why, and holds none of them."""
