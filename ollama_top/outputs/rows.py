"""Rows of text set in columns. Pure."""

from collections.abc import Iterator, Sequence


def aligned(rows: Sequence[Sequence[str]], left: int) -> Iterator[str]:
    """The rows as lines, the first `left` columns set to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text.ljust(width) if at < left else text.rjust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
