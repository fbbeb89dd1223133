"""`--record` and its limits: what the monitor and `show --watch` have in common."""

import argparse
from typing import TYPE_CHECKING

from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import talk

if TYPE_CHECKING:
    from ollama_top.engine.feed import Feed
    from ollama_top.record.recording import Recording

MIB, HOUR_S = 1 << 20, 3600.0
MOST_MIB, MOST_HOURS = 64, 168  # a test holds them to `record.recording.Limits`, which --help must not load


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options, which may stand before the name of a command too."""
    parser.add_argument(
        "--record",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="record what is seen, or go on with a recording; `replay` shows it",
    )
    for name, what in (
        ("--record-mib", f"how large it may grow: the oldest goes then (default: {MOST_MIB})"),
        ("--record-hours", f"how far back it may go (default: {MOST_HOURS})"),
    ):
        parser.add_argument(name, metavar="N", type=float, default=argparse.SUPPRESS, help=what)


def recording_of(options: argparse.Namespace) -> "Recording | None":
    """The recording that was asked for, opened; raises UsageError."""
    path, mib, hours = (getattr(options, name, None) for name in ("record", "record_mib", "record_hours"))
    if path is None:
        if mib is not None or hours is not None:
            raise UsageError("--record-mib and --record-hours are for --record")
        return None
    for name, value in (("--record-mib", mib), ("--record-hours", hours)):
        if value is not None and not 1 <= value <= 1e6:
            raise UsageError(f"{name}: {value:g} is not between 1 and 1000000")
    from pathlib import Path

    from ollama_top.record.files import RecordingError
    from ollama_top.record.recording import Limits, Recording

    limits = Limits(round((mib or MOST_MIB) * MIB), (hours or MOST_HOURS) * HOUR_S)
    try:
        recording = Recording(Path(path), limits)
    except RecordingError as error:
        raise UsageError(str(error)) from None
    if recording.cut_bytes:
        talk(f"{path}: its last {recording.cut_bytes} bytes held no whole Frame, and were taken away")
    return recording


def recorded(feed: "Feed", recording: "Recording | None") -> "Feed":
    """The feed, each Frame of which is recorded on its way."""
    if recording is None:
        return feed
    from ollama_top.record.recorded import RecordedFeed

    return RecordedFeed(feed, recording, talk)
