"""A plan as it is put to a user, and made otherwise."""

from dataclasses import replace

import changes
import scenes
from changes import RESTART, plan

from ollama_top.model.plan import Plan, StepKind
from ollama_top.tui.proposal import Options, Proposal, costs_held

HELD = ("The proxy keeps new requests back.",)


def proposal(of: Plan | None = None, *, is_begun: bool = False, held: bool = False) -> Proposal:
    return Proposal(of or plan(), None, is_new=True, is_begun=is_begun, costs_held=HELD if held else None)


def keys(of: Proposal) -> str:
    return "".join(key for key, _, _ in of.offered(Options()))


def test_only_what_has_a_meaning_is_offered() -> None:
    assert keys(proposal()) == "dmo"
    assert keys(proposal(held=True)) == "pdmo"
    assert keys(proposal(plan(steps=(RESTART,)))) == "dm", "what is written already can only be restarted"
    assert keys(proposal(replace(plan(), steps=plan().steps[:1]))) == ""
    assert keys(proposal(is_begun=True)) == ""


def test_what_is_shown_is_what_is_made() -> None:
    only = proposal().made(Options(only_writes=True))
    assert [each.kind for each in only.steps] == [StepKind.EDIT]
    assert "What it costs now:" not in [*proposal().said(Options(only_writes=True))]
    assert proposal(held=True).made(Options(is_held=True)).costs == HELD
    assert proposal(held=True).made(Options()).costs == plan().costs


def test_nothing_is_waited_for_where_nothing_is_restarted() -> None:
    assert proposal().drain_s(Options(drains=True)) == 120.0
    assert proposal().drain_s(Options(drains=True, only_writes=True)) is None
    assert proposal().drain_s(Options()) is None


def test_a_proxy_is_asked_for_where_one_is_known() -> None:
    assert costs_held(changes.watched()) is None
    assert costs_held(scenes.passing()) is not None
