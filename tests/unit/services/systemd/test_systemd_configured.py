"""What a unit's files give to its next start, and what of them has no effect, and why."""

import pytest

from ollama_top.model.configuration import Configuration, Layer
from ollama_top.model.process import Variable
from ollama_top.services.systemd.configured import TextFile, configuration, environment_files

UNIT = "/etc/systemd/system/ollama.service"
FOLDER = f"{UNIT}.d"
FILE = "/etc/default/ollama"
N, Q = "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_QUEUE"


def read(*drop_ins: str, unit: str = "[Service]\n", named: str | None = None) -> Configuration:
    files = [TextFile(UNIT, unit)]
    files += [TextFile(f"{FOLDER}/{at}.conf", f"[Service]\n{text}\n") for at, text in enumerate(drop_ins)]
    found = environment_files("ollama.service", files)
    return configuration("ollama.service", files, {each.pattern: [TextFile(FILE, named)] for each in found})


def last(found: Configuration, name: str = N) -> tuple[str | None, str]:
    assignment = found.said(name)[-1]
    return assignment.value, str(assignment.place)


def test_a_file_dropped_in_goes_before_the_unit() -> None:
    found = read(f"Environment={N}=4", unit=f"[Service]\nEnvironment={N}=2\n")
    assert last(found) == ("4", f"{FOLDER}/0.conf:2")
    assert [each.place.layer for each in found.said(N)] == [Layer.UNIT, Layer.DROP_IN]


def test_the_last_file_by_name_goes_before_the_others() -> None:
    assert last(read(f"Environment={N}=4", f"Environment={N}=8")) == ("8", f"{FOLDER}/1.conf:2")


def test_an_environment_file_goes_before_every_environment_line() -> None:
    found = read(f"EnvironmentFile={FILE}", f"Environment={N}=4", named=f"# ours\n{N}=2\n")
    assert last(found) == ("2", f"{FILE}:2")


def test_an_empty_line_takes_back_what_was_said() -> None:
    found = read(f"Environment={N}=4", "Environment=")
    assert last(found) == (None, f"{FOLDER}/1.conf:2")


def test_unset_takes_away_at_the_end() -> None:
    found = read(f"UnsetEnvironment={N} {Q}=5", f"Environment={N}=4 {Q}=6")
    assert last(found)[0] is None
    assert last(found, Q)[0] == "6", "it was to go only with the value 5"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f'Environment="export {N}=4"', "export"),
        (f"Environment={N}:4", "no `=`"),
        (f"Environment={N}=4%x", "specifier"),
        (f'Environment="{N}=4', "not closed"),
        (f"{N}=4", "no setting of systemd's"),
        (f"export {N}=4", "no setting of systemd's"),
        (f"Environment={N}=4\\x01", "control character"),
    ],
)
def test_what_has_no_effect_is_told_with_its_reason(line: str, why: str) -> None:
    found = read(line)
    assert found.said(N) in ((), found.said(N)[:1])
    (rejected,) = found.rejected
    assert N in rejected.text
    assert why in rejected.why
    assert str(rejected.place) == f"{FOLDER}/0.conf:2"


@pytest.mark.parametrize("section", ["", "[Unit]\n"])
def test_a_line_outside_its_section_has_no_effect(section: str) -> None:
    found = configuration("ollama.service", [TextFile(UNIT, f"{section}Environment={N}=4\n")], {})
    assert found.assignments == ()
    assert "not in [Service]" in found.rejected[0].why


def test_export_in_an_environment_file_has_no_effect() -> None:
    found = read(f"EnvironmentFile={FILE}", named=f"export {N}=4\n")
    assert found.assignments == ()
    assert found.rejected[0].text == f"export {N}"


def test_a_specifier_that_only_systemd_knows_leaves_the_value_open() -> None:
    (said,) = read("Environment=OLLAMA_MODELS=%h/models").said("OLLAMA_MODELS")
    assert said.value is None
    assert "%%" in (said.problem or "")


def test_values_of_others_are_not_kept() -> None:
    found = read(
        "Environment=API_KEY=s3cret OLLAMA_API_KEY=s3cret", f"EnvironmentFile={FILE}", named="AWS_SECRET=x\n"
    )
    assert [(each.name, each.value) for each in found.assignments] == [("OLLAMA_API_KEY", None)]
    assert "s3cret" not in repr(found)


def test_a_line_that_is_broken_gives_away_nothing_of_others() -> None:
    assert "s3cret" not in repr(read(f'Environment={N}=4 "API_KEY=s3cret'))


def test_a_file_that_may_not_be_read_is_told() -> None:
    files = [TextFile(UNIT, f"[Service]\nEnvironmentFile=-{FILE}\n")]
    denied = TextFile(FILE, None, "it may not be read (Permission denied)")
    found = configuration("ollama.service", files, {FILE: [denied]})
    (unread,) = found.unread
    assert (str(unread.place), unread.why) == (FILE, denied.problem)


@pytest.mark.parametrize(("mark", "is_missed"), [("", True), ("-", False)])
def test_only_a_file_that_must_be_there_is_missed(mark: str, is_missed: bool) -> None:
    files = [TextFile(UNIT, f"[Service]\nEnvironmentFile={mark}{FILE}\n")]
    found = configuration("ollama.service", files, {FILE: [TextFile(FILE, None)]})
    assert bool(found.unread) is is_missed


def test_what_systemd_itself_has_comes_first() -> None:
    files = [TextFile(UNIT, f"[Service]\nEnvironment={N}=4\n")]
    own = (Variable(N, "2"), Variable(Q, "7"), Variable("PATH", None))
    found = configuration("ollama.service", files, {}, own)
    assert last(found)[0] == "4"
    assert last(found, Q) == ("7", "the manager's environment")
