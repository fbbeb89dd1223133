"""A container: its environment is fixed when it is created, so that another has to be. Pure."""

import json
import shlex
from collections.abc import Iterator, Sequence

from ollama_top.doctor.mends.words import pairs, taken_away
from ollama_top.model.finding import Change
from ollama_top.model.service import Author, Service

OLD = "before"  # what the old container is called from then on: its data may lie in it


def steps(changes: Sequence[Change], kept: Service | None) -> tuple[str, ...]:
    """Create it anew; where it is not known, in general words."""
    if kept is None:
        new = _options(changes)
        return (f"create the container anew, {new}: its environment is fixed once it is there",)
    of_author = {Author.COMPOSE: _compose, Author.UNIT: _quadlet}
    return tuple(of_author.get(kept.author, _run)(changes, kept))


def in_pod(changes: Sequence[Change]) -> tuple[str, ...]:
    """What Kubernetes starts it with."""
    return (
        f"in the pod's specification, under env of the container, {_words(changes)}",
        "kubectl apply -f the file of it",
    )


def _compose(changes: Sequence[Change], kept: Service) -> Iterator[str]:
    service = kept.known_as or kept.name
    yield f"in {kept.files[0] if kept.files else 'the compose file'}, under services, {service}, environment"
    yield from (
        f"    write {each.name}: {_interpolated(each.value)}" for each in changes if each.value is not None
    )
    yield from (f"    take {name} out" for name in taken_away(changes))
    options = [word for each in kept.files for word in ("-f", each)]
    yield shlex.join([kept.manager, "compose", *kept.found_by, *options, "up", "-d", service])


def _interpolated(value: str) -> str:
    """A string of JSON, which is one of YAML too; compose itself takes a dollar for a variable of its own."""
    return json.dumps(value.replace("$", "$$"), ensure_ascii=False)


def _quadlet(changes: Sequence[Change], kept: Service) -> Iterator[str]:
    """A unit that creates it at each start: of the user that the container is of."""
    unit = kept.known_as or kept.name
    yield f"in the .container file that {unit} is made of, under [Container]"
    yield from (f'    write Environment="{each}"' for each in pairs(changes))
    yield from (f"    take {name} out" for name in taken_away(changes))
    yield "systemctl --user daemon-reload (of a container of root's: sudo systemctl)"
    yield f"systemctl --user restart {shlex.quote(unit)}"


def _run(changes: Sequence[Change], kept: Service) -> Iterator[str]:
    """The old one is kept, since models may lie in it; one that cannot be kept is not stopped."""
    yield "create the container anew: its environment is fixed once it is there"
    yield f"    {shlex.join([kept.manager, 'inspect', kept.name])} tells its volumes, ports, GPUs and image"
    if kept.is_removed_when_stopped:
        yield f"{kept.name} was created with --rm: stopping it removes it, and its unnamed volumes"
        yield "copy first what lies only there, such as models; then stop it, and"
    else:
        yield from (f"    {shlex.join([kept.manager, *words])}" for words in _set_aside(kept))
    yield f"    {kept.manager} run -d --name {shlex.quote(kept.name)} {_options(changes)}, else as before"


def _set_aside(kept: Service) -> Iterator[list[str]]:
    """The commands that leave the old one where it is, and its name and port free."""
    old = f"{kept.name}-{OLD}"
    yield ["stop", kept.name]
    yield ["rename", kept.name, old]
    if kept.is_started_with_manager:
        yield ["update", "--restart", "no", old]


def _options(changes: Sequence[Change]) -> str:
    options = [shlex.join([word for each in pairs(changes) for word in ("-e", each)])]
    without = [f"without {name}" for name in taken_away(changes)]
    return " and ".join(each for each in (*options, *without) if each)


def _words(changes: Sequence[Change]) -> str:
    set_each = [f"set {each}" for each in pairs(changes)]
    return " and ".join([*set_each, *(f"take {name} out" for name in taken_away(changes))])
