"""`serve --unit` and `proxy --unit`: the command line that was given, as a unit of systemd's.

Must never write a secret into a unit: every user of the machine can read it.
"""

import argparse
import grp
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ollama_top.cli.errors import UsageError
from ollama_top.cli.options import ca_file_of, feeds_of, named_feeds, settings_of, target_of
from ollama_top.config.feed_folder import NAME, SYSTEM_FOLDER, feed_names
from ollama_top.config.settings import TOKEN_VARIABLE
from ollama_top.listening.addresses import Listen, is_loopback, parse_listen
from ollama_top.listening.unit import Unit, unit_text
from ollama_top.proxy.limits import descriptors

if TYPE_CHECKING:
    from ollama_top.config.settings import Settings
    from ollama_top.exporter.run import Setup as Serve
    from ollama_top.proxy.run import Setup as Proxy

JOURNAL, OLLAMA = "systemd-journal", "ollama"  # groups: of the log, and of Ollama's install.sh
TOKEN_FILE = "/etc/ollama-top.env"  # noqa: S105 - a path
MAKE_USER = "useradd --system --no-create-home --shell /usr/sbin/nologin"
HOMES = ("/home", "/root", "/run/user")


def of_serve(options: argparse.Namespace, setup: "Serve") -> str:
    """The unit that runs `serve` with these options; raises UsageError and ConfigError."""
    settings = settings_of(options)
    target = target_of(options, settings)
    words = [*_program(), "serve", "--host", target.url, "--metrics", str(setup.listen)]
    words += [*(["--allow-remote"] if setup.allow_remote else []), *_names(setup.hosts)]
    words += _looking(options, settings)
    user = _user()
    token = os.environ.get(TOKEN_VARIABLE)
    notes = [*_serve_notes(user), *([_token_note()] if token else [])]
    return unit_text(
        Unit(
            name=NAME,
            what="What Ollama does, told to Prometheus (ollama-top serve)",
            argv=tuple(words),
            notes=tuple(notes),
            user=user,
            groups=(JOURNAL,),
            is_in_a_home=_is_in_a_home(),
            sees_devices=True,
            is_loopback=target.is_loopback and is_loopback(setup.listen),
            more=(f"EnvironmentFile={TOKEN_FILE}",) if token else (),
            before=() if user else (f"{MAKE_USER} {NAME}",),
        )
    )


def of_proxy(options: argparse.Namespace, setup: "Proxy") -> str:
    """The unit that runs `proxy` with these options; raises UsageError."""
    own = SYSTEM_FOLDER / feed_names(str(setup.listen))[0]
    feed = next(iter(named_feeds(options)), own).absolute()
    group = options.feed_group or (OLLAMA if _is_group(OLLAMA) else None)
    words = [*_program(), "proxy", "--listen", str(setup.listen), "--upstream", setup.upstream.url]
    words += [*(["--allow-remote"] if setup.allow_remote else []), *_names(options.allow_host)]
    words += ["--feed", str(feed), *(["--feed-group", group] if group else [])]
    words += ["--metrics", str(parse_listen(options.metrics))] if options.metrics else []
    words += ["--max-connections", str(setup.limits.connections)] if options.max_connections else []
    words += ["--rewrite-host", *setup.rewrite_hosts] if setup.rewrite_hosts is not None else []
    listens = [setup.listen, *([parse_listen(options.metrics)] if options.metrics else [])]
    return unit_text(
        Unit(
            name="ollama-top-proxy",
            what="Between clients and Ollama (ollama-top proxy)",
            argv=tuple(words),
            notes=tuple(_proxy_notes(setup.listen, feed, group)),
            user=_user(),
            groups=(group,) if group else (),
            is_in_a_home=_is_in_a_home(),
            is_loopback=setup.upstream.is_loopback and all(map(is_loopback, listens)),
            more=(f"RuntimeDirectory={NAME}", f"LimitNOFILE={descriptors(setup.limits.connections)}"),
        )
    )


def _serve_notes(user: str | None) -> Iterator[str]:
    yield (
        f"It runs as user {user or NAME}, without any right of root's. Models, slots, who waits and for how"
        " long, GPUs and the service's settings are read without rights, and the log by group"
        f" {JOURNAL}."
    )
    if user is None:
        yield (
            "Without the first command systemd makes a user for it, whom dbus-daemon does not answer: then"
            " the service is not recognised, and its processes, log and queue stay unseen."
        )
    yield (
        "What it does not see: the environment of a server of another user (what is told then comes from its"
        " unit and log; User= with the server's user in place of DynamicUser= shows it), a container's"
        " settings (docker's group would be root's right), and what lies in homes."
    )
    yield (
        "PrivateDevices= and ProtectClock= are left out on purpose: they hide NVIDIA's devices. If GPUs are"
        " missing, `systemctl status` and the sources in `ollama_top_source_ok` say so."
    )


def _proxy_notes(listen: Listen, feed: Path, group: str | None) -> Iterator[str]:
    yield (
        "It runs without any right of root's, and so does not know which programs of other users call:"
        " clients are told by address, monitors of those users see them."
    )
    readers = f"members of group {group}" if group else "root only (--feed-group lets a group)"
    yield f"Monitors read what passes from {feed}: {readers}, who can hold requests back there too."
    yield f"Clients are pointed at it by OLLAMA_HOST={listen}."


def _token_note() -> str:
    return (
        f"The token is not in this file, which everybody can read: write {TOKEN_VARIABLE}=... into"
        f" {TOKEN_FILE}, and let only root read that (mode 600)."
    )


def _looking(options: argparse.Namespace, settings: "Settings") -> Iterator[str]:
    """How it looks, as far as that was asked for; paths are made absolute."""
    interval_s = getattr(options, "interval", None) or settings.interval_s
    if interval_s is not None:
        yield from ("--interval", f"{interval_s:g}")
    if ca_file := ca_file_of(options, settings):
        yield from ("--ca-file", str(Path(ca_file).absolute()))
    if getattr(options, "insecure", False) or settings.insecure:
        yield "--insecure"
    if getattr(options, "demo", False):
        yield "--demo"
    for feed in feeds_of(options, settings):
        yield from ("--feed", str(feed.absolute()))


def _names(hosts: Iterable[str]) -> list[str]:
    return ["--allow-host", *hosts] if hosts else []


def _program() -> list[str]:
    """The words that start this very program, wherever it is started from."""
    own = shutil.which(sys.argv[0])
    if own and Path(own).name == NAME:
        return [str(Path(own).absolute())]
    return [sys.executable, "-P", "-m", "ollama_top"]


def _parts() -> tuple[Path, ...]:
    """All that has to be reachable for this program to start."""
    import ollama_top

    places = (_program()[0], sys.prefix, sys.base_prefix, ollama_top.__path__[0])
    return tuple(each for place in places for each in {Path(place), Path(place).resolve()})


def _is_in_a_home() -> bool:
    return any(part.is_relative_to(home) for part in _parts() for home in HOMES)


def _user() -> str | None:
    """Who must run it: None for a user made for it; raises UsageError where that can only be root."""
    closed = next((part for part in _parts() if not is_open_to_all(part)), None)
    if closed is None:
        return None
    owner = closed.owner()
    if owner == "root":
        raise UsageError(
            f"{closed} can be reached by root only: install ollama-top where a service without rights can"
            " start it, as with `pipx install --global`, or in a virtual environment in /opt"
        )
    return owner


def is_open_to_all(path: Path) -> bool:
    """Whether any user may enter or start what lies there."""
    return all(each.stat().st_mode & stat.S_IXOTH for each in (path, *path.parents))


def _is_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True
