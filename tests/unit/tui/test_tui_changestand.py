"""How a change stands by what its process told."""

import changes

from ollama_top.apply.events import Ended, Refused, Said, Stuck
from ollama_top.model.receipt import Outcome
from ollama_top.tui.changestand import ChangeStand, follow

BACK = changes.receipt(outcome=Outcome.ROLLED_BACK, text="It was taken back.", to_do=("look",))


def after(*events: Said | Stuck | Ended | Refused, stand: ChangeStand | None = None) -> ChangeStand:
    stand = stand or ChangeStand()
    for each in events:
        stand = follow(stand, each)
    return stand


def test_a_wait_that_goes_on_takes_one_line() -> None:
    stand = after(*map(Said, ("a", "waiting for 3 (1 s)", "waiting for 2 (9 s)", "b", "waiting for 1 (0 s)")))
    assert stand.said == ("a", "waiting for 2 (9 s)", "b", "waiting for 1 (0 s)")
    assert not stand.is_over
    assert after(Stuck(1), stand=stand) == stand


def test_what_is_kept_is_as_wanted() -> None:
    stand = after(Said("a"), Ended(changes.receipt()))
    assert (stand.is_over, stand.is_kept, stand.is_as_wanted) == (True, True, True)


def test_what_was_taken_back_is_as_wanted_only_where_that_was_wanted() -> None:
    assert not after(Ended(BACK)).is_as_wanted
    assert after(Ended(BACK), stand=ChangeStand(is_wanted_back=True)).is_as_wanted
    assert after(Ended(BACK)).to_do == ("look",)


def test_what_was_cut_off_is_told_apart_from_what_never_began() -> None:
    assert after(Refused("busy")).outcome == "It was not carried out: busy."
    assert after(Said("a"), Refused("no room")).outcome.startswith("It was cut off")
