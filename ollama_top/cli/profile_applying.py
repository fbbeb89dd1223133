"""`ollama-top profile apply`: the values of a profile, set as `ollama-top set` sets them."""

import argparse
from collections.abc import Sequence

from ollama_top.cli import changing
from ollama_top.cli.options import settings_of
from ollama_top.control.asked import check
from ollama_top.control.profiles import to_change
from ollama_top.doctor.facts import release
from ollama_top.model.exit_codes import DONE
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.profile import Profile
from ollama_top.outputs import show

SAME = "the server has been given all that {name} sets: nothing is to be done"


def apply_profile(options: argparse.Namespace, profile: Profile) -> int:
    """Plan, ask, do and prove it; the exit code, as that of `set`."""

    def changes_of(frame: Frame) -> Sequence[Change]:
        changes = to_change(profile, frame.snapshot)
        for each in changes:
            check(each, release(frame.snapshot))
        return changes

    async def deed(view: changing.View) -> int:
        changing.check_seen(view.frame)
        if not to_change(profile, view.frame.snapshot):
            show.write(SAME.format(name=profile.name))
            return DONE
        return await changing.make(options, view, changes_of)

    return changing.run(options, settings_of(options), deed)
