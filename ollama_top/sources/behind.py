"""The server behind an address, where a proxy of this user's listens there.

Clients are pointed at a proxy by OLLAMA_HOST, and ollama-top reads the same variable: what is meant is
the server, whose processes and connections are not the proxy's.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ollama_top.config.feed_folder import feed_names, trusted
from ollama_top.ollama.host import Target, parse_target

MOST_PROXIES = 4  # one behind the other


def behind(target: Target, feeds: Sequence[Path] = ()) -> Target:
    """The server that is reached through a target in the end; the target itself where no proxy is known.

    `feeds` are those that the user names, beside those in the folder where proxies put them.
    """
    for _ in range(MOST_PROXIES):
        upstream = next((found for each in _listens(target) if (found := _upstream_at(each, feeds))), None)
        if upstream is None:
            return target
        target = replace(parse_target(upstream), path=target.path)
    return target


def _listens(target: Target) -> tuple[str, ...]:
    """How a proxy at that address calls it; all names of the loopback may be meant."""
    if target.is_loopback:
        return f"127.0.0.1:{target.port}", f"[::1]:{target.port}"
    return (target.url.partition("://")[2].partition("/")[0],)


def _upstream_at(listen: str, feeds: Sequence[Path]) -> str | None:
    """What the proxy that listens there forwards to; None where none says so."""
    places = (folder / name for folder in trusted() for name in feed_names(listen))
    paths = [path for path in places if path.is_socket()]
    if not paths and not feeds:
        return None
    from ollama_top.sources.hello import proxy_at, told_at  # noqa: PLC0415 - for those only who have a proxy

    found = (*map(told_at, feeds), *map(proxy_at, paths))
    told = [each for each in found if each is not None and each.listen == listen]
    return min(told, key=lambda each: each.stopping).upstream if told else None
