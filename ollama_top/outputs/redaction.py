"""What a stranger need not know is taken out of a document before it is sent to one. Pure.

Must never let through a secret of the environment, a path of a home, the name of a person or of a
machine, an address of a network, or a variable that is none of Ollama's.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OWN_VARIABLES = "OLLAMA_"
NOT_SHOWN = "(not shown)"
KNOWN_USERS = {"ollama", "root", "nobody"}
PRIVATE_VARIABLES = {"OLLAMA_ORIGINS", "OLLAMA_REMOTES"}  # they name machines of the user's
LEAST_SECRET = 4  # characters; a shorter one would be found in any text
HOME = re.compile(r"(?:/home|/Users|/var/home)/[^/\s\"':,]+|/root(?![^/\s\"':,])")
URL_HOST = re.compile(r"(?<=://)(\[[^\]]*\]|[^/:\s\"',\[\]]+)")
IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f.]{0,15}){2,8}(?![\w:])")
LOCAL_NAMES = {"localhost", "ollama.com"}
VALUES = ("value", "configured", "running", "effective", "shell", "default")
"""Keys of an object that tells of a variable by its `name`."""


@dataclass(frozen=True, slots=True)
class Private:
    """What is to be found and taken out, beside what is recognised by its form."""

    home: str
    names: tuple[tuple[str, str], ...]  # words that stand for a machine or a person, and what to write
    secrets: tuple[str, ...]  # values of the environment


class Redaction:
    """Takes out of texts and documents what is private; the same thing always becomes the same word."""

    def __init__(self, private: Private) -> None:
        """Begin; what was found once has its number for good."""
        self._private = private
        self._numbers: dict[tuple[str, str], int] = {}
        self._words = [
            (re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", re.IGNORECASE), stand_in)
            for word, stand_in in private.names
            if word and word.lower() not in LOCAL_NAMES | KNOWN_USERS
        ]

    def text(self, text: str) -> str:
        """A text without what is private."""
        for secret in self._private.secrets:
            if len(secret) >= LEAST_SECRET:
                text = text.replace(secret, "***")
        if len(self._private.home) > 1:
            text = text.replace(self._private.home, "~")
        text = HOME.sub("~", text)
        for word, stand_in in self._words:
            text = word.sub(stand_in, text)
        text = URL_HOST.sub(lambda found: self._host(found[1]), text)
        return IPV6.sub(
            lambda found: self._address(found[0]), IPV4.sub(lambda found: self._address(found[0]), text)
        )

    def document(self, value: Any) -> Any:  # noqa: ANN401 - the border to JSON
        """A document without what is private; its keys and its shape stay."""
        match value:
            case dict():
                return self._object(value)
            case list():
                return [self.document(each) for each in value if not _is_foreign(each)]
            case str():
                return self.text(value)
        return value

    def _object(self, found: Mapping[str, Any]) -> dict[str, Any]:
        is_hidden = _is_hidden(found)
        return {
            key: NOT_SHOWN if is_hidden and key in VALUES and value is not None else self._member(key, value)
            for key, value in found.items()
        }

    def _member(self, key: str, value: Any) -> Any:  # noqa: ANN401 - as above
        if not isinstance(value, str):
            return self.document(value)
        match key:
            case "client" | "program":
                return self.text(value.split(" ")[0].rpartition("/")[2])
            case "user":
                return value if value in KNOWN_USERS else "somebody"
            case "uuid":
                return self._numbered("uuid", value)
        return self.text(value)

    def _host(self, host: str) -> str:
        bare = host.strip("[]")
        if bare.lower() in LOCAL_NAMES or any(bare == stand_in for _, stand_in in self._private.names):
            return host
        if _ip(bare) is not None:
            return host  # told by its form, with all other addresses
        return self._numbered("machine", bare)

    def _address(self, text: str) -> str:
        address = _ip(text)
        if address is None or address.is_loopback or address.is_unspecified:
            return text
        return self._numbered("address", str(address))

    def _numbered(self, kind: str, word: str) -> str:
        return f"{kind}-{self._numbers.setdefault((kind, word), len(self._numbers) + 1)}"


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_hidden(found: Mapping[str, Any]) -> bool:
    """Whether an object tells of a variable whose values are nobody's business."""
    name = found.get("name")
    is_variable = isinstance(name, str) and name.isupper() and any(key in found for key in VALUES)
    return is_variable and (not str(name).startswith(OWN_VARIABLES) or name in PRIVATE_VARIABLES)


def _is_foreign(found: Any) -> bool:  # noqa: ANN401 - as above
    """Whether an entry of a list is but a variable of the environment that is none of Ollama's."""
    return isinstance(found, dict) and found.keys() == {"name", "value"} and _is_hidden(found)


def secrets_of(environ: Mapping[str, str], is_secret: Iterable[str]) -> tuple[str, ...]:
    """The values of variables that sound like secrets, the longest first."""
    found = {value for name, value in environ.items() if any(each in name.upper() for each in is_secret)}
    return tuple(sorted(found, key=len, reverse=True))
