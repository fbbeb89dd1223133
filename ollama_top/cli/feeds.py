"""The feed that was asked for: of a real server, or of the simulated one."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from ollama_top.cli.errors import UsageError
from ollama_top.cli.options import access_of, feeds_of, target_of

if TYPE_CHECKING:
    from ollama_top.config.settings import Settings
    from ollama_top.engine.answering import AskingFeed
    from ollama_top.ollama.host import Target


def feed_of(
    options: argparse.Namespace, settings: "Settings"
) -> "Callable[[float, float | None], AskingFeed]":
    """What makes the feed that was asked for, by its interval and its patience."""
    if options.demo:
        return lambda interval_s, _: demo(interval_s)
    return lambda interval_s, share_s: live(options, settings, interval_s, share_s)


def watched(options: argparse.Namespace, settings: "Settings") -> "Target":
    """The server to watch; that behind a proxy of this user's, where the address is a proxy's."""
    from ollama_top.sources.behind import behind

    return behind(target_of(options, settings), feeds_of(options, settings))


def demo(interval_s: float) -> "AskingFeed":
    """The simulated server's."""
    from ollama_top.demo.feed import DemoFeed

    return DemoFeed(interval_s)


def live(
    options: argparse.Namespace, settings: "Settings", interval_s: float, share_s: float | None = None
) -> "AskingFeed":
    """A real server's; `share_s` is how long a look may wait for an answer."""
    from ollama_top.engine.live import SHARE_S, LiveFeed
    from ollama_top.sources.http import HttpError

    try:
        return LiveFeed(
            watched(options, settings),
            interval_s=interval_s,
            access=access_of(options, settings),
            share_s=share_s or SHARE_S,
            feeds=feeds_of(options, settings),
        )
    except HttpError as error:
        raise UsageError(str(error)) from None
