"""Whether a process is over, whoever its parent is."""

import psutil


def is_over(process: psutil.Process) -> bool:
    """Whether it runs no more; a parent that does not ask leaves its number in use."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
