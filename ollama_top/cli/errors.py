"""What a command refuses."""


class UsageError(Exception):
    """What was asked for cannot be done as asked; the text says what to change."""
