"""`burst --against`: finds what the other servers serve, and has them compared.

Must never print, keep or pass on a key: it goes from the environment into one header.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ollama_top.burst import rivals
from ollama_top.burst.comparison import Party, compare
from ollama_top.burst.rivals import KEY_VARIABLE, Rival
from ollama_top.burst.session import Session
from ollama_top.burst.site import address_of
from ollama_top.burst.spec import CannotMeasureError, Spec
from ollama_top.cli.errors import UsageError
from ollama_top.cli.options import access_of
from ollama_top.config.settings import Settings, check_token
from ollama_top.engine.locality import is_this_machine
from ollama_top.model.exit_codes import DONE, NOTHING_READ
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.outputs import comparison as text
from ollama_top.outputs import document, show
from ollama_top.sources.http import Access, Http, HttpError

ASK_S = 20.0
OLLAMA = "ollama"


def rivals_of(options: argparse.Namespace) -> tuple[Rival, ...]:
    """The servers to compare with; raises UsageError."""
    try:
        found = tuple(rivals.parse_rival(each) for each in options.against or ())
    except ValueError as error:
        raise UsageError(f"--against: {error}") from None
    names = [OLLAMA, *(each.name for each in found)]
    if len(set(names)) != len(names):
        raise UsageError("--against: two servers have one name; URL=name gives another")
    return found


def elsewhere(found: Sequence[Rival]) -> Iterator[str]:
    """What has to be agreed to of them, a sentence each."""
    for each in found:
        if not is_this_machine(each.target):
            yield f"{each.target.url} is another machine."


async def run(options: argparse.Namespace, settings: Settings, session: Session, spec: Spec) -> int:
    """Compare, print, and give the exit code; raises CannotMeasureError."""
    if spec.is_embedding:
        raise CannotMeasureError(f"{spec.model} embeds: only models that write can be compared")
    snapshot = session.before.snapshot
    own = Party(OLLAMA, snapshot.server.url, spec.model, session.site.address, is_ollama=True)
    access = access_of(options, settings)
    others = [await _party(each, _access(each, access), spec.model) for each in rivals_of(options)]
    comparing = compare([own, *others], spec, is_demo=snapshot.demo)
    found, _, notes = await session.undone(spec, comparing)
    found = replace(found, caveats=(*found.caveats, *(f"{OLLAMA}: {each}" for each in notes)))
    is_json = options.json
    show.write(document.text_of_value(found) if is_json else text.as_text(found))
    is_measured = all(each.errors * 2 <= each.sent for each in found.servers)
    return DONE if is_measured else NOTHING_READ


def _access(rival: Rival, access: Access) -> Access:
    """As the server looked at is trusted, with the key that is meant for this one; raises ConfigError."""
    key = rivals.key_of(rival, os.environ)
    return Access(check_token(key, KEY_VARIABLE) if key else None, access.ca_file, access.insecure)


async def _party(rival: Rival, access: Access, wished: str) -> Party:
    target = rival.target
    http = Http(target.url, timeout_s=ASK_S, loopback=target.is_loopback, access=access)
    try:
        model = rivals.model_of(await http.get(f"{rivals.API}/models"), wished, rival.model)
    except (HttpError, BadReplyError) as error:
        raise CannotMeasureError(f"{rival.name} ({target.url}): {error}") from None
    finally:
        await http.close()
    return Party(rival.name, target.url, model, address_of(target, access), is_ollama=False)
