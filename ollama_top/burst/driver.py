"""Sends requests at once, and sees them through. For a process of its own, on a monotonic clock.

Must never leave a request behind: whatever ends a burst, all its connections are closed at once.
"""

import asyncio
import os
import ssl
from collections.abc import Sequence

from ollama_top.burst.course import Course
from ollama_top.burst.dialects import Dialect
from ollama_top.burst.wire import Address, Exchange, Tell
from ollama_top.model.burst import BurstOutcome

CONNECT_S = 5.0


def tell_nobody(_: Course) -> None:
    """For a burst that nobody watches."""


async def burst(
    address: Address, dialect: Dialect, numbers: Sequence[int], limit_s: float, tell: Tell = tell_nobody
) -> tuple[Course, ...]:
    """Send requests of these numbers at once, and wait until all have ended, `limit_s` at the most.

    All are connected before the first is sent. Cancelling it closes every connection.
    """
    exchanges = [Exchange(number, address, dialect, tell) for number in numbers]
    try:
        async with asyncio.timeout(limit_s):
            await asyncio.gather(*(_connect(each, address) for each in exchanges))
            for each in exchanges:
                each.send()
            await asyncio.gather(*(each.ended.wait() for each in exchanges))
    except TimeoutError:
        for each in exchanges:
            each.end(BurstOutcome.TIMED_OUT, f"not answered to its end within {limit_s:g} s")
    finally:
        for each in exchanges:
            each.end(BurstOutcome.CUT, "given up")
    return tuple(each.course for each in exchanges)


async def _connect(exchange: Exchange, address: Address) -> None:
    """Connect one request; one that cannot be is counted, and stops no other."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_S):
            await loop.create_connection(
                lambda: exchange,
                address.host,
                address.port,
                ssl=address.trust,
                server_hostname=address.host if address.trust else None,
            )
    except TimeoutError:
        exchange.end(BurstOutcome.UNSENT, "the server does not accept the connection")
    except ssl.SSLError as error:  # its number is none of the system's
        words = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason
        exchange.end(BurstOutcome.UNSENT, f"no TLS connection: {words or error}")
    except OSError as error:
        words = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        exchange.end(BurstOutcome.UNSENT, words)
