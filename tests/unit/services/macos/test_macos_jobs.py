"""What launchctl prints, and whatever else it might."""

from hypothesis import given
from hypothesis import strategies as st

from ollama_top.services.macos.jobs import Job, job, labels


def test_only_the_first_level_speaks_of_the_job() -> None:
    found = job("gui/501/a = {\n\tstate = running\n\tcoalition = {\n\t\tstate = active\n\t}\n\tpid = 5\n}\n")
    assert found.of == {"state": "running", "pid": "5"}


def test_each_environment_is_told_apart() -> None:
    text = "a = {\n\tdefault environment = {\n\t\tA => 1\n\t}\n\tenvironment = {\n\t\tB => x = y\n\t}\n}\n"
    assert job(text) == Job({}, {"B": "x = y"}, {})


def test_labels_of_what_runs() -> None:
    assert labels("PID\tStatus\tLabel\n-\t0\tcom.a\n7\t-15\tcom.b\n") == {7: "com.b"}


@given(st.text(alphabet='ab={}>\n\t " 1', max_size=60))
def test_any_text(text: str) -> None:
    assert isinstance(job(text), Job)
    assert isinstance(labels(text), dict)
