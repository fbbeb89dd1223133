"""Several hosts met at once: each as itself, and a dead one holds up nobody."""

import time

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


def test_the_dead_are_left_when_time_is_up_and_are_ended() -> None:
    began_s = time.monotonic()
    met = knock({"dead": ("sleep", "60"), "deader": ("sleep", "61"), "good": ("true",)}, patience_s=0.5)
    assert time.monotonic() - began_s < 5.0
    assert met == {"dead": Knocked(None, ""), "deader": Knocked(None, ""), "good": Knocked(0, "")}


def test_what_a_connection_left_behind_goes_on_writing_holds_up_nobody() -> None:
    """As ssh's master does, which stays for those to come."""
    began_s = time.monotonic()
    assert knock({"box": ("sh", "-c", "sleep 6 & exit 0")}, patience_s=5.0)["box"].status == 0
    assert time.monotonic() - began_s < 4.0
