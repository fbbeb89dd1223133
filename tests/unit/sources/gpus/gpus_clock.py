"""A clock for what is asked at intervals."""

from dataclasses import dataclass


@dataclass
class Clock:
    """A clock that moves when told."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s
