"""`ollama-top debug`: one redacted file for a bug report."""

import argparse
from typing import TYPE_CHECKING, Any

from ollama_top.cli.command import Command, add_demo
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import fail, printed
from ollama_top.model.exit_codes import NOT_WRITTEN

if TYPE_CHECKING:
    from ollama_top.config.settings import Settings
    from ollama_top.ollama.host import Target
    from ollama_top.outputs.redaction import Private


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output",
        metavar="FILE",
        help="a file that is not there yet (default: here, named by the time)",
    )
    add_demo(parser)


def _run(options: argparse.Namespace) -> int:
    import time
    from pathlib import Path

    from ollama_top.outputs import document, show
    from ollama_top.outputs.redaction import Redaction
    from ollama_top.outputs.report import ABOUT, report

    name = f"ollama-top-debug-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    path = Path(options.output or name).absolute()
    found, private = _facts(options)
    text = document.as_text(report(found, Redaction(private)), indent=2) + "\n"
    try:
        _write(path, text)
    except FileExistsError:
        raise UsageError(f"--output: {path} is there already") from None
    except OSError as error:
        return fail(OSError(f"{path} cannot be written: {error.strerror}"), NOT_WRITTEN)
    return printed(lambda: show.write(f"{path}\n{len(text)} bytes, for you alone to read (0600). {ABOUT}"))


def _facts(options: argparse.Namespace) -> "tuple[dict[str, Any], Private]":
    """All that is told, and what is private in it."""
    from ollama_top.cli.options import settings_of, target_of
    from ollama_top.config import error_file
    from ollama_top.config.settings import ConfigError

    found: dict[str, Any] = {"installation": _installation(), "last_error": error_file.last()}
    target: Target | None = None
    try:
        settings = settings_of(options)
        target = target_of(options, settings)
        found["server"] = _server(options, settings, target)
        found["frame"] = _frame(options, settings)
    except (UsageError, ConfigError) as error:
        found["problem"] = str(error)
    return found, _private(target)


def _installation() -> dict[str, Any]:
    """What runs, on what, and how it came there."""
    import platform
    import sys
    from importlib import metadata

    needed = ("textual", "rich", "httpx", "h11", "psutil", "nvidia-ml-py", "platformdirs")
    return {
        "ollama_top": metadata.version("ollama-top"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "executable": sys.executable,
        "platform": platform.platform(),
        "libc": " ".join(platform.libc_ver()),
        "encoding": getattr(sys.stdout, "encoding", None),
        "packages": {each: metadata.version(each) for each in needed},
    }


def _server(options: argparse.Namespace, settings: "Settings", target: "Target") -> dict[str, Any]:
    """How the server was found."""
    import os

    from ollama_top.config.settings import HOST_VARIABLE
    from ollama_top.engine.locality import is_this_machine
    from ollama_top.sources.behind import behind
    from ollama_top.sources.tap import feeds

    ways = {
        "--host": getattr(options, "host", None),
        HOST_VARIABLE: os.environ.get(HOST_VARIABLE),
        "settings file": settings.host,
    }
    return {
        "named_by": next((way for way, value in ways.items() if value), "default"),
        "url": target.url,
        "behind_a_proxy": behind(target) != target,
        "is_this_machine": is_this_machine(target),
        "has_token": "OLLAMA_TOP_TOKEN" in os.environ,
        "feeds_of_proxies": [str(each) for each in feeds()],
    }


def _frame(options: argparse.Namespace, settings: "Settings") -> Any:  # noqa: ANN401 - the border to JSON
    """One look, as a document; where none could be made, the reason."""
    import traceback

    from ollama_top.cli.feeds import feed_of
    from ollama_top.outputs import document, show

    looked: list[Any] = []
    try:
        show.once(feed_of(options, settings), lambda frame: looked.append(document.document(frame)))
    except show.NothingReadError as error:
        return {"problem": "".join(traceback.format_exception(error)).splitlines()}
    return looked[0]


def _private(target: "Target | None") -> "Private":
    """What is to be taken out on this machine."""
    import os
    import platform
    from pathlib import Path

    from ollama_top.ollama.environment import SECRETS
    from ollama_top.outputs.redaction import Private, secrets_of
    from ollama_top.sources.user import own_name

    own = platform.node()
    names = [(own, "this-machine"), (own.partition(".")[0], "this-machine"), (own_name(), "somebody")]
    if target is not None and not target.is_loopback:
        names.append((target.host, "the-server"))
    return Private(str(Path.home()), tuple(names), secrets_of(os.environ, SECRETS))


def _write(path: Any, text: str) -> None:  # noqa: ANN401 - a Path, whose module is as dear as the rest of --help
    """Write a file that is new, and its owner's; raises OSError."""
    import os

    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)


COMMAND = Command(
    "debug",
    "write one redacted file for a bug report",
    "Write one file for a bug report: versions, how the server was found, how each source does, one look, and"
    " the last error that ended ollama-top. No prompt, key or token is in it, and of variables OLLAMA_ only;"
    " homes, people, machines, addresses and GPUs have stand-ins.",
    _declare,
    _run,
    prints=False,
)
