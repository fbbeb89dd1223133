"""The monitor on the screen: what runs when no command is named."""

import argparse
import os
import platform
import sys
from functools import partial
from typing import TYPE_CHECKING

from ollama_top.cli.errors import UsageError
from ollama_top.cli.feeds import demo, feed_of, live, watched
from ollama_top.cli.options import (
    ascii_of,
    ca_file_of,
    interval_s_of,
    own_command,
    read_only_of,
    settings_of,
    theme_of,
    token_of_environment,
)
from ollama_top.cli.recording import recording_of
from ollama_top.model.exit_codes import DONE

if TYPE_CHECKING:
    from ollama_top.config.settings import Settings
    from ollama_top.tui.app import MonitorApp
    from ollama_top.tui.watched import Watched

WITHOUT_SCREEN = ("dumb", "unknown")


def need_terminal(who: str, otherwise: str) -> None:
    """Refuse where there is no screen to draw on; raises UsageError."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageError(f"{who} needs a terminal{otherwise}")
    if (term := os.environ.get("TERM")) in WITHOUT_SCREEN:
        raise UsageError(
            f"{who} needs a terminal that can place its cursor, and TERM={term} cannot{otherwise}"
        )


def run(options: argparse.Namespace) -> int:
    """Show the screen until the user leaves; the exit code; raises UsageError and ConfigError."""
    need_terminal("the monitor", "; `ollama-top show` prints the same without one")
    settings = settings_of(options)
    if options.ssh:
        from ollama_top.cli import over_ssh

        return over_ssh.run(options, settings)
    return show(_app(options, settings), options, settings)


def show(app: "MonitorApp", options: argparse.Namespace, settings: "Settings") -> int:
    """Run an app, with what is asked for beside its screen; the exit code; raises UsageError."""
    recording = recording_of(options)
    if recording is not None:
        app.monitor.recordings.begin(recording)
    if settings.on_finding or settings.bell_on_finding:
        from ollama_top.tui.alerting import Alerting

        for each in app.monitors:
            Alerting(each, settings.on_finding or (), rings=bool(settings.bell_on_finding))
    app.run()
    if (crash := app._exception) is not None:  # noqa: SLF001 - Textual tells of it in no other way
        from ollama_top.config.error_file import keep

        keep(crash)
    return app.return_code or DONE


def _app(options: argparse.Namespace, settings: "Settings") -> "MonitorApp":
    """The screen as it was asked for; what is refused is said before there is one."""
    interval_s = interval_s_of(options, settings)
    title = "the demo" if options.demo else watched(options, settings).url
    if not options.demo:
        token_of_environment()
        if ca_file_of(options, settings):
            live(options, settings, interval_s)
    feed = feed_of(options, settings)
    from ollama_top.config.kept_file import file_for
    from ollama_top.sources.user import own_name
    from ollama_top.tui.app import MonitorApp
    from ollama_top.tui.keeping import Keeping
    from ollama_top.tui.reach import Here

    return MonitorApp(
        lambda: feed(interval_s, None),
        title=title,
        read_only=read_only_of(options, settings),
        user=own_name(),
        interval_s=interval_s,
        theme=theme_of(options, settings),
        demo_offer=None if options.demo else lambda: demo(interval_s),
        keeping=Keeping(file_for(title, platform.node())),
        reach=Here(own_command(options, settings)),
        ascii_only=ascii_of(options, settings),
        watch=None if options.demo else partial(_watched, options, settings, interval_s),
    )


def _watched(options: argparse.Namespace, settings: "Settings", interval_s: float, url: str) -> "Watched":
    """What it takes to watch the same server at another address."""
    from ollama_top.tui.reach import Here
    from ollama_top.tui.watched import Watched

    there = argparse.Namespace(**vars(options) | {"host": url})
    made = feed_of(there, settings)
    return Watched(url, lambda: made(interval_s, None), Here(own_command(there, settings)))
