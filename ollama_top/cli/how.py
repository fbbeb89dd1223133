"""How a change of settings is to be made: the options that every command has that makes one."""

import argparse
from math import inf

LIMIT_S = 120.0


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < inf:  # false of nan as well, which would never be over
        raise ValueError(text)
    return value


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--plan", action="store_true", help="print what would be done, and change nothing")
    parser.add_argument("--yes", action="store_true", help="agree to the plan")
    parser.add_argument("--no-restart", action="store_true", help="write it for the next start only")
    parser.add_argument(
        "--drain",
        metavar="S",
        type=_seconds,
        nargs="?",
        const=LIMIT_S,
        help=f"wait until no request is in flight, so long at the most (default: {LIMIT_S:g} s)",
    )
    parser.add_argument(
        "--through-proxy",
        action="store_true",
        help="have the proxy keep new requests back meanwhile, so that none fails",
    )
    parser.add_argument(
        "--reload-models", action="store_true", help="load the models again that are in memory now"
    )
