"""The container that a server runs in, through docker or podman. Reads only."""

import re

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.service import Service
from ollama_top.services.asking import Answer, ask
from ollama_top.services.containers.inspected import container, image_of

PROGRAMS = ("docker", "podman")
IDENTITY = re.compile(r"[0-9a-f]{12}")
KUBERNETES = "kubepods"  # in the control group of whatever a pod runs
OTHERS = Missing(
    Why.UNSUPPORTED, "its container is none of docker's or podman's: what it was created with is not read"
)
POD = Missing(Why.UNSUPPORTED, "Kubernetes keeps it: the pod's specification says what its next start gets")
NO_PROGRAM = Missing(Why.ABSENT, "a container keeps it, and neither docker nor podman is found here")


def read_container(identity: str | None, cgroup: str | None) -> Reading[Service]:
    """The container of this identity, by whoever of the two knows it."""
    if KUBERNETES in (cgroup or ""):
        return POD
    if identity is None or not IDENTITY.fullmatch(identity):
        return OTHERS
    answers = {each: ask(each, "inspect", "--type", "container", identity) for each in PROGRAMS}
    for program, answer in answers.items():
        found = _of(program, answer) if answer is not None and answer.is_ok else None
        if found is not None:
            return Known(found, Source.SERVICE)
    return _refusal(identity, [each for each in answers.items() if each[1] is not None])


def _of(program: str, answer: Answer) -> Service | None:
    image = image_of(answer.out)
    told = ask(program, "inspect", "--type", "image", image) if image else None
    return container(program, answer.out, told.out if told and told.is_ok else b"")


def _refusal(identity: str, answers: list[tuple[str, Answer | None]]) -> Missing:
    """Why none told of it, in the words of the first that there is."""
    for program, answer in answers:
        complaint = answer.complaint if answer else ""
        if "permission denied" in complaint.lower():
            return Missing(
                Why.DENIED,
                "the container may be looked into by root and the group docker:"
                f" `sudo {program} inspect {identity}`",
            )
        return Missing(Why.FAILED, f"{program} does not tell of the container: {complaint or 'no answer'}")
    return NO_PROGRAM
