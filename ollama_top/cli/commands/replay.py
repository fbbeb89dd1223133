"""`ollama-top replay`: a recording on the screen."""

import argparse

from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import talk
from ollama_top.cli.monitor import need_terminal
from ollama_top.model.exit_codes import DONE


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what --record wrote")


def _run(options: argparse.Namespace) -> int:
    from pathlib import Path

    from ollama_top.cli.options import ascii_of, settings_of, theme_of
    from ollama_top.record.files import RecordingError
    from ollama_top.record.player import Player

    try:
        player = Player(Path(options.file))
    except RecordingError as error:
        raise UsageError(str(error)) from None
    if player.lost_bytes:
        talk(f"{player.path}: its last {player.lost_bytes} bytes hold no whole Frame, and are not shown")
    need_terminal("a replay", "")
    from ollama_top.record.replay import ReplayFeed
    from ollama_top.tui.replaying import ReplayApp

    settings = settings_of(options)
    app = ReplayApp(
        ReplayFeed(player),
        title=str(player.path),
        theme=theme_of(options, settings),
        ascii_only=ascii_of(options, settings),
    )
    app.run()
    return app.return_code or DONE


COMMAND = Command(
    "replay",
    "show a recording on the screen: what happened at three?",
    "Show what --record wrote, on the same screens: seek with the arrows, play at any speed, jump to where"
    " the verdict became better or worse. Nothing is asked of any server.",
    _declare,
    _run,
    prints=False,
)
