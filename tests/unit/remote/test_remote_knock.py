"""Several hosts met at once: each as itself, and a dead one holds up nobody."""

import time
from pathlib import Path

from ollama_top.remote.knock import Knocked, knock


def said(text: str, status: int) -> tuple[str, ...]:
    return ("sh", "-c", f"echo '{text}' >&2; exit {status}")


def test_what_came_of_each() -> None:
    met = knock({"good": ("true",), "bad": said("Connection refused", 255), "none": said("not found", 127)})
    assert met == {
        "good": Knocked(0, ""),
        "bad": Knocked(255, "Connection refused\n"),
        "none": Knocked(127, "not found\n"),
    }
    assert not any(each.has_question for each in met.values())


def test_who_could_have_been_asked_something() -> None:
    met = knock(
        {
            "password": said("me@box: Permission denied (publickey,password).", 255),
            "key": said("Host key verification failed.", 255),
            "told": said("Permission denied, says the banner", 0),
        }
    )
    assert [name for name, each in met.items() if each.has_question] == ["password", "key"]


def test_the_dead_are_left_when_time_is_up() -> None:
    began_s = time.monotonic()
    met = knock({"dead": ("sleep", "60"), "deader": ("sleep", "61")}, patience_s=0.5)
    assert 0.5 <= time.monotonic() - began_s < 5.0
    assert met == {"dead": Knocked(None, ""), "deader": Knocked(None, "")}


def test_who_answers_leaves_the_others_as_long_again_and_no_longer() -> None:
    began_s = time.monotonic()
    met = knock({"dead": ("sleep", "60"), "slow": ("sleep", "0.6"), "good": ("true",)}, patience_s=30.0)
    assert time.monotonic() - began_s < 10.0
    assert met == {"dead": Knocked(None, ""), "slow": Knocked(0, ""), "good": Knocked(0, "")}


def test_a_host_that_refuses_tells_nothing_of_how_long_others_take() -> None:
    refused = said("Connection refused", 255)
    assert knock({"down": refused, "far": ("sleep", "1.5")})["far"].status == 0


def test_none_is_left_running(tmp_path: Path) -> None:
    left = tmp_path / "left"
    knock({"slow": ("sh", "-c", f"sleep 1; touch {left}")}, patience_s=0.2)
    time.sleep(1.5)
    assert not left.exists()


def test_what_a_connection_left_behind_goes_on_writing_holds_up_nobody() -> None:
    """As ssh's master does, which stays for those to come."""
    began_s = time.monotonic()
    assert knock({"box": ("sh", "-c", "sleep 6 & exit 0")}, patience_s=5.0)["box"].status == 0
    assert time.monotonic() - began_s < 4.0
