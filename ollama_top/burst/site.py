"""How a server is reached for a burst: by the same rules as it is looked at."""

import ssl

from ollama_top.burst.wire import Address
from ollama_top.ollama.host import Target
from ollama_top.sources.http import Access, HttpError


def address_of(target: Target, access: Access) -> Address:
    """The address, with a key only where it is sent over https or stays on this machine.

    Raises HttpError when the CA file cannot be read.
    """
    secure = target.scheme == "https"
    key = access.token if access.token and (secure or target.is_loopback) else None
    return Address(target.host, target.port, target.path, _trust(access) if secure else None, key)


def _trust(access: Access) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=access.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise HttpError(f"the CA file {access.ca_file} cannot be used: {error}") from None
    if access.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
