"""Jobs of launchd, as `launchctl list` and `launchctl print` tell of them. Pure.

Written after what people show of them: Apple calls the form of `print` no interface, so that whatever
is not found in it is left out and never guessed.
"""

import re
from dataclasses import dataclass, field

PAIR = re.compile(r'\s*"?([^"=]+?)"?\s+(?:=>|=)\s+(.*?)\s*')
OPENED = re.compile(r'\s*"?(.+?)"?\s+(?:=>|=)\s+\{\s*')
LISTED = re.compile(r"(\d+)\s+-?\d+\s+(\S.*)")
HELD, INHERITED = "environment", "inherited environment"


@dataclass(frozen=True, slots=True)
class Job:
    """One job as launchd holds it in memory."""

    of: dict[str, str] = field(default_factory=dict)  # what is said of it on its first level
    held: dict[str, str] = field(default_factory=dict)  # its own environment
    inherited: dict[str, str] = field(default_factory=dict)  # that of its session: `launchctl setenv`


def labels(listed: str) -> dict[int, str]:
    """The labels of the jobs that run, by their process."""
    found = (LISTED.fullmatch(line.strip()) for line in listed.splitlines())
    return {int(each[1]): each[2] for each in found if each}


def job(printed: str) -> Job:
    """What `print` says of one job."""
    blocks: list[str] = []
    found = Job()
    for line in printed.splitlines():
        opened = OPENED.fullmatch(line)
        pair = PAIR.fullmatch(line)
        if opened:
            blocks.append(opened[1])
        elif line.strip() == "}":
            blocks = blocks[:-1]
        elif pair:
            _into(found, blocks)[pair[1]] = pair[2]
    return found


def _into(found: Job, blocks: list[str]) -> dict[str, str]:
    """Where a line belongs that stands in these blocks; what stands elsewhere is let go."""
    match blocks:
        case [_]:
            return found.of
        case [_, name] if name == HELD:
            return found.held
        case [_, name] if name == INHERITED:
            return found.inherited
    return {}
