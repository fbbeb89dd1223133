"""A folder of the kernel's small files: each holds one value, may be missing, and may refuse.

Must never turn a refusal into a number.
"""

import errno
from dataclasses import dataclass
from pathlib import Path

from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known

ASLEEP = Missing(Why.ABSENT, "The card is asleep, and is not woken to be read.")
_WHY = {
    errno.ENOENT: Why.UNSUPPORTED,
    errno.ENOTDIR: Why.UNSUPPORTED,
    errno.EOPNOTSUPP: Why.UNSUPPORTED,
    errno.EACCES: Why.DENIED,
    errno.EPERM: Why.DENIED,
}


@dataclass(frozen=True, slots=True)
class Files:
    """Files about one device, read as values of one source."""

    folder: Path
    source: Source

    def text(self, name: str, subject: str) -> Reading[str]:
        """What a file says of `subject`; a suspended or busy device refuses (EBUSY, EINVAL)."""
        try:
            return Known((self.folder / name).read_text(errors="replace").strip(), self.source)
        except OSError as error:
            return _refused(error, subject)

    def number(self, name: str, subject: str) -> Reading[int]:
        """The whole number of a file."""
        text = self.text(name, subject)
        if isinstance(text, Missing):
            return text
        try:
            return Known(int(text.value, 0), text.source)
        except ValueError:
            return Missing(Why.FAILED, f"Asked for {subject}, the kernel answered what is no number.")

    def first(self, subject: str, *names: str) -> Reading[int]:
        """The number of the first of some files that is there."""
        answers = [self.number(name, subject) for name in names]
        return next((each for each in answers if isinstance(each, Known)), answers[0])


def scaled(reading: Reading[int], factor: float) -> Reading[float]:
    """The reading in another unit."""
    return map_known(reading, lambda number: number * factor)


def untold(subject: str) -> Missing:
    """That no file is about it."""
    return Missing(Why.UNSUPPORTED, f"The kernel does not tell {subject}.")


def _refused(error: OSError, subject: str) -> Missing:
    why = _WHY.get(error.errno or 0, Why.FAILED)
    if why is Why.UNSUPPORTED:
        return untold(subject)
    if why is Why.DENIED:
        return Missing(why, f"The kernel does not let this user read {subject}.")
    return Missing(why, f"Asked for {subject}, the kernel answered: {error.strerror}.")
