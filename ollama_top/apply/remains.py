"""Whether a process is the one that was shown, and whether it is over, whoever its parent is."""

import psutil

CLOCK_SLACK_S = 1.0  # the kernel tells starts by a clock that may be set


def is_over(process: psutil.Process) -> bool:
    """Whether it runs no more; a parent that does not ask leaves its number in use."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def is_same_start(one_s: float, other_s: float) -> bool:
    """Whether two starts of a process of one number are the same, in seconds since 1970."""
    return abs(one_s - other_s) < CLOCK_SLACK_S
