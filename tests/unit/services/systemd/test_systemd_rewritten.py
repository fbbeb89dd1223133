"""Which files of a unit change: where the last word is said, else one of our own, and never more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.finding import Change
from ollama_top.services.systemd.configured import TextFile, UnitTexts
from ollama_top.services.systemd.rewritten import HEADER, CannotRewriteError, rewritten

N, F = "OLLAMA_NUM_PARALLEL", "OLLAMA_FLASH_ATTENTION"
UNIT, FOLDER = "/etc/systemd/system/ollama.service", "/etc/systemd/system/ollama.service.d"
OWN = f"{FOLDER}/50-ollama-top.conf"
ENV = "/etc/default/ollama"


def texts(unit: str = "[Service]\n", environment: str | None = None, **dropped_in: str) -> UnitTexts:
    files = tuple(TextFile(f"{FOLDER}/{name}.conf", text) for name, text in sorted(dropped_in.items()))
    named = {ENV: (TextFile(ENV, environment),)} if environment is not None else {}
    if environment is not None:
        unit += f"EnvironmentFile={ENV}\n"
    return UnitTexts("ollama.service", (TextFile(UNIT, unit), *files), named)


def one(of: UnitTexts, *changes: Change) -> tuple[str, str | None]:
    (file,) = rewritten(of, FOLDER, changes)
    return file.path, file.after


FOUR = Change(N, "4")


def test_a_file_of_our_own_is_dropped_in() -> None:
    assert one(texts(), FOUR) == (OWN, f'{HEADER}Environment="{N}=4"\n')
    assert one(texts(f"[Service]\nEnvironment={N}=2\n"), FOUR)[0] == OWN, "the unit's own is let be"


def test_a_later_file_has_the_last_word_and_is_changed_itself() -> None:
    later = texts(override=f"[Service]\n# of mine\nEnvironment={N}=2\n")
    assert one(later, FOUR) == (f"{FOLDER}/override.conf", f'[Service]\n# of mine\nEnvironment="{N}=4"\n')
    earlier = texts(**{"10-first": f"[Service]\nEnvironment={N}=2\n"})
    assert one(earlier, FOUR)[0] == OWN


def test_a_file_of_variables_goes_before_all() -> None:
    of = texts(environment=f"KEY=k\n{N}=2\n", override=f"[Service]\nEnvironment={N}=3\n")
    assert one(of, FOUR) == (ENV, f'KEY=k\n{N}="4"\n')


def test_what_takes_it_away_is_taken_out() -> None:
    of = texts(override=f"[Service]\nEnvironment={N}=2\nUnsetEnvironment={N}\n")
    assert one(of, FOUR) == (f"{FOLDER}/override.conf", f'[Service]\nEnvironment="{N}=4"\n')
    several = texts(override=f"[Service]\nEnvironment={N}=2\nUnsetEnvironment={N} PATH\n")
    with pytest.raises(CannotRewriteError, match="goes before"):
        rewritten(several, FOLDER, [FOUR])


def test_our_own_line_is_taken_away_and_an_empty_file_with_it() -> None:
    ours = texts(**{"50-ollama-top": f'{HEADER}Environment="{N}=4"\n'})
    assert one(ours, Change(N, None)) == (OWN, None)
    both = texts(**{"50-ollama-top": f'{HEADER}Environment="{N}=4"\nEnvironment="{F}=1"\n'})
    assert one(both, Change(N, None)) == (OWN, f'{HEADER}Environment="{F}=1"\n')


def test_what_others_set_is_unset_by_a_line_of_ours() -> None:
    of = texts(environment=f"{N}=2\n")
    assert one(of, Change(N, None)) == (OWN, f"{HEADER}UnsetEnvironment={N}\n")
    again = texts(environment=f"{N}=2\n", **{"50-ollama-top": f"{HEADER}UnsetEnvironment={N}\n"})
    changed = {each.path: each.after for each in rewritten(again, FOLDER, [FOUR])}
    assert changed == {OWN: None, ENV: f'{N}="4"\n'}


def test_what_is_so_already_changes_no_file() -> None:
    assert rewritten(texts(override=f'[Service]\nEnvironment="{N}=4"\n'), FOLDER, [FOUR]) == ()
    assert rewritten(texts(), FOLDER, [Change(N, None)]) == ()


def test_a_file_that_may_not_be_read_may_say_anything() -> None:
    unit = f"[Service]\nEnvironmentFile={ENV}\n"
    of = UnitTexts(
        "ollama.service", (TextFile(UNIT, unit),), {ENV: (TextFile(ENV, None, "it may not be read"),)}
    )
    with pytest.raises(CannotRewriteError, match="may not be read"):
        rewritten(of, FOLDER, [FOUR])


PIECES = st.sampled_from(
    [
        *("[Service]", "[Unit]", "# note", "", "Environment=", f"Environment={N}=2", f'Environment="{N}=3'),
        *(f"Environment={N}=1 {F}=0", f"UnsetEnvironment={N}", f"Environment={F}=1\\", "ExecStart=/x"),
        *(f"EnvironmentFile={ENV}", f"Environment=KEY=k {N}=%%", f"UnsetEnvironment={F} {N}"),
    ]
)
FILES = st.lists(PIECES, max_size=6).map(lambda lines: "\n".join(["[Service]", *lines, ""]))
VALUES = st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@given(unit=FILES, early=FILES, late=FILES, environment=FILES, value=VALUES)
def test_whatever_is_there_the_next_start_gets_what_was_asked_for_or_nothing_is_proposed(
    unit: str, early: str, late: str, environment: str, value: str | None
) -> None:
    of = UnitTexts(
        "ollama.service",
        (TextFile(UNIT, unit), TextFile(f"{FOLDER}/10.conf", early), TextFile(f"{FOLDER}/90.conf", late)),
        {ENV: (TextFile(ENV, environment),)},
    )
    try:
        changed = {each.path: each.after for each in rewritten(of, FOLDER, [Change(N, value)])}
    except CannotRewriteError:
        return
    assert UNIT not in changed
    files = {each.path: each.text for each in of.files} | changed
    dropped_in = sorted(path for path, text in files.items() if path not in {UNIT, ENV} and text is not None)
    dropped_in.sort(key=lambda path: path.rpartition("/")[2])
    then = UnitTexts(
        "ollama.service",
        tuple(TextFile(path, files[path]) for path in (UNIT, *dropped_in)),
        {ENV: (TextFile(ENV, changed.get(ENV, environment)),)},
    ).configuration()
    last = then.said(N)[-1:]
    assert (last[0].value if last else None) == value
