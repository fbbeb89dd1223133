"""Lines that give way to others: made from two texts, applied, taken back, and refused on any third."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.control.edits import ChangedSinceError, applied, edit_between, inverse
from ollama_top.model.plan import Hunk

TEXTS = st.none() | st.lists(st.sampled_from(["a", "b", "c\r", "", "d=1"])).map("\n".join)


@given(before=TEXTS, after=TEXTS)
def test_an_edit_leads_there_and_its_inverse_back(before: str | None, after: str | None) -> None:
    edit = edit_between("f", before, after)
    assert applied(edit, before) == after
    assert applied(inverse(edit), after) == before
    assert applied(edit, after) == after, "done once is done"


@given(before=TEXTS, after=TEXTS, other=TEXTS)
def test_no_other_text_is_touched(before: str | None, after: str | None, other: str | None) -> None:
    if other in {before, after}:
        return
    with pytest.raises(ChangedSinceError):
        applied(edit_between("f", before, after), other)


def test_lines_beside_those_that_change_are_not_held() -> None:
    edit = edit_between("f", "KEY=secret\nA=1\nTOKEN=t", "KEY=secret\nA=2\nTOKEN=t")
    assert edit.hunks == (Hunk(2, ("\nA=1",), ("\nA=2",)),)
    appended = edit_between("f", "KEY=secret", "KEY=secret\nA=2\n")
    assert appended.hunks == (Hunk(2, (), ("\nA=2", "\n")),)
    apart = edit_between("f", "A=1\nKEY=secret\nB=1", "A=2\nKEY=secret\nB=2")
    assert apart.hunks == (Hunk(1, ("A=1",), ("A=2",)), Hunk(3, ("\nB=1",), ("\nB=2",)))


def test_a_large_file_of_equal_lines_is_no_matter() -> None:
    before = "A=1\n" + "# x\n" * 100_000 + "B=1\n" + "# x\n" * 100_000
    after = before.replace("A=1", "A=2").replace("B=1", "B=2")
    edit = edit_between("f", before, after)
    assert len(edit.hunks) == 2
    assert applied(edit, before) == after
