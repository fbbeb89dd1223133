"""The container that a server runs in, through docker or podman. Reads only."""

import re

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import POD
from ollama_top.model.service import Service
from ollama_top.services.asking import Answer, ask
from ollama_top.services.containers.inspected import container, image_of

PROGRAMS = ("docker", "podman")
IDENTITY = re.compile(r"[0-9a-f]{12}")
OTHERS = Missing(
    Why.UNSUPPORTED, "its container is none of docker's or podman's: what it was created with is not read"
)
OF_POD = Missing(
    Why.UNSUPPORTED, "Kubernetes keeps it: the pod's specification says what its next start gets"
)
NO_PROGRAM = Missing(Why.ABSENT, "a container keeps it, and neither docker nor podman is found here")


def read_container(identity: str | None, cgroup: str | None) -> Reading[Service]:
    """The container of this identity, by the first of the two that knows it."""
    if POD in (cgroup or ""):
        return OF_POD
    if identity is None or not IDENTITY.fullmatch(identity):
        return OTHERS
    refusals: list[Missing] = []
    for program in PROGRAMS:
        answer = ask(program, "inspect", "--type", "container", identity)
        found = _of(program, answer) if answer is not None and answer.is_ok else None
        if found is not None:
            return Known(found, Source.SERVICE)
        if answer is not None:
            refusals.append(_refusal(program, identity, answer.complaint))
    return _most_telling(refusals)


def _of(program: str, answer: Answer) -> Service | None:
    image = image_of(answer.out)
    told = ask(program, "inspect", "--type", "image", image) if image else None
    return container(program, answer.out, told.out if told and told.is_ok else b"")


def _refusal(program: str, identity: str, complaint: str) -> Missing:
    """Why a program did not tell of it."""
    if "permission denied" in complaint.lower():
        return Missing(
            Why.DENIED,
            "the container may be looked into by root and the group docker:"
            f" `sudo {program} inspect {identity}`",
        )
    return Missing(Why.FAILED, f"{program} does not tell of the container: {complaint or 'no answer'}")


def _most_telling(refusals: list[Missing]) -> Missing:
    """What can be helped by more rights, before what cannot."""
    denied = [each for each in refusals if each.why is Why.DENIED]
    return next(iter([*denied, *refusals]), NO_PROGRAM)
