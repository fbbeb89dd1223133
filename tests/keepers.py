"""Servers under every keeper, from what each keeper said: Frames whose findings are the doctor's own.

What docker said is recorded; of launchd, the app, Homebrew, NixOS and the snap it is written after
their sources, since none could be run here.
"""

from collections.abc import Mapping

import found
import frames
from captured import CAPTURES

from ollama_top.engine.assemble_settings import settings
from ollama_top.engine.told import Told
from ollama_top.model.configuration import Assignment, Layer, Place
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.model.service import Author, Service, SnapSetting
from ollama_top.services.containers.inspected import container

N, L, Q, C = (
    "OLLAMA_NUM_PARALLEL",
    "OLLAMA_MAX_LOADED_MODELS",
    "OLLAMA_MAX_QUEUE",
    "OLLAMA_CONTEXT_LENGTH",
)
KV = "OLLAMA_KV_CACHE_TYPE"
ALL = {N: "4", L: "2", Q: "512"}
NO_TIME = Missing(Why.UNSUPPORTED, "what `launchctl setenv` sets leaves no trace of when it was set")
SESSION = Place(Layer.SESSION, None)
BREWED = "/Users/jo/Library/LaunchAgents/sh.brew.ollama.plist"
BY_FORMULA = (
    Assignment("OLLAMA_FLASH_ATTENTION", "1", Place(Layer.UNIT, BREWED)),
    Assignment(KV, "q8_0", Place(Layer.UNIT, BREWED)),
)
NIX_UNIT = "/etc/systemd/system/ollama.service"
SNAP_UNIT = "snap.ollama.listener.service"


def frame(
    keeper: Keeper,
    service: Reading[Service],
    running: Mapping[str, str],
    shell: Mapping[str, str] | None = None,
    unit: str = "ollama.service",
) -> Frame:
    """A server of this keeper's, whose process has `running`, seen from a shell that has `shell`."""
    told = Told(Known(running, Source.PROCESSES), service, shell or {}, {}, (0, 33, 0))
    kind = Known(running.get(KV, "f16"), Source.ARGV)
    parallel = Known(int(running.get(N, "1")), Source.ARGV)
    models = (frames.model(parallel=parallel, kv_cache_type=kind),)
    return found.examined(
        server=frames.server(manager=Known(keeper, Source.PROCESSES), unit=Known(unit, Source.PROCESSES)),
        service=service,
        settings=settings(told, models),
        models=models,
    )


def containers_service(name: str = "container-compose") -> Known[Service]:
    """A container as docker described it."""
    folder = CAPTURES / "docker-20.10"
    of_image = (folder / "image.json").read_bytes()
    service = container("docker", (folder / f"{name}.json").read_bytes(), of_image)
    assert service is not None
    return Known(service, Source.SERVICE)


def compose(shell: Mapping[str, str] | None = None) -> Frame:
    """A container of compose's, as it was created."""
    service = containers_service()
    held = {each.name: each.value or "" for each in service.value.configuration.assignments}
    return frame(Keeper.CONTAINER, service, held, shell, "d3a7a4350463")


def compose_shell() -> Frame:
    """Somebody exported a variable beside it."""
    return compose({Q: "64"})


def app_service(*said: Assignment) -> Known[Service]:
    """Ollama's app, with what its session and its settings say."""
    return frames.service(
        *said,
        name="Ollama.app",
        files=("/Users/jo/Library/Application Support/Ollama/db.sqlite",),
        changed_at=NO_TIME,
        manager="Ollama's app",
        author=Author.APP,
    )


IN_APP = Place(Layer.APP, None)
CLOUD = Assignment("OLLAMA_NO_CLOUD", "0", IN_APP)


def app_well() -> Frame:
    """The app with all set in its session, and opened since."""
    said = (*(Assignment(name, value, SESSION) for name, value in ALL.items()), CLOUD)
    return frame(Keeper.APP, app_service(*said), ALL | {"OLLAMA_NO_CLOUD": "0"}, unit="Ollama.app")


def app_slider() -> Frame:
    """The slider of the app's settings hides what was set in the session, and that was not opened since."""
    said = (
        *(Assignment(N, "4", SESSION), Assignment(C, "32768", SESSION)),
        *(Assignment(C, "4096", IN_APP), CLOUD),
    )
    running = {C: "4096", "OLLAMA_NO_CLOUD": "0"}
    return frame(Keeper.APP, app_service(*said), running, unit="Ollama.app")


def brew_service(*said: Assignment, needs_reload: bool = False) -> Known[Service]:
    """A service of Homebrew's under launchd."""
    return frames.service(
        *said,
        name="sh.brew.ollama",
        files=(BREWED,),
        changed_at=NO_TIME,
        manager="launchd",
        author=Author.HOMEBREW,
        needs_reload=needs_reload,
        known_as="ollama",
    )


def brew_well() -> Frame:
    """What the formula sets, and a person's own file."""
    own = Place(Layer.DROP_IN, "/Users/jo/.homebrew/services/ollama.env", 1)
    said = (*BY_FORMULA, *(Assignment(name, value, own) for name, value in ALL.items()))
    running = {each.name: each.value or "" for each in said}
    return frame(Keeper.LAUNCHD, brew_service(*said), running, unit="sh.brew.ollama")


def brew_edited() -> Frame:
    """Its file was edited and not loaded anew; the next start by brew takes that away."""
    said = (*BY_FORMULA, Assignment(N, "4", Place(Layer.UNIT, BREWED)))
    running = {each.name: each.value or "" for each in BY_FORMULA}
    return frame(Keeper.LAUNCHD, brew_service(*said, needs_reload=True), running, unit="sh.brew.ollama")


def nix(*said: tuple[str, str]) -> Frame:
    """A unit that NixOS made, with these variables and those that it always sets."""
    place = Place(Layer.UNIT, NIX_UNIT, 9)
    always = (("OLLAMA_HOST", "127.0.0.1:11434"), ("OLLAMA_MODELS", "/var/lib/ollama/models"))
    both = (*said, *always)
    service = frames.service(*(Assignment(name, value, place) for name, value in both), author=Author.NIXOS)
    return frame(Keeper.SYSTEMD, service, dict(both))


def nix_well() -> Frame:
    """All is set in its configuration."""
    return nix(*ALL.items())


def nix_unset() -> Frame:
    """Nothing is set in its configuration but what is always."""
    return nix()


def snap_service(*said: Assignment, needs_reload: bool = False) -> Known[Service]:
    """The snap's unit, with what its launcher adds."""
    return frames.service(
        *said,
        name=SNAP_UNIT,
        author=Author.SNAP,
        known_as="ollama",
        needs_reload=needs_reload,
        snap_settings=(SnapSetting("OLLAMA_HOST", "host"), SnapSetting(C, "context-length")),
    )


IN_SNAP = Place(Layer.SNAP, None)
SNAP_HOST = Assignment("OLLAMA_HOST", "127.0.0.1:11434", IN_SNAP)
BESIDE_SNAP = Place(Layer.DROP_IN, f"/etc/systemd/system/{SNAP_UNIT}.d/override.conf", 2)


def snap_well() -> Frame:
    """All is set beside its unit, and the launcher exports its own."""
    said = (*(Assignment(name, value, BESIDE_SNAP) for name, value in ALL.items()), SNAP_HOST)
    running = ALL | {"OLLAMA_HOST": "127.0.0.1:11434"}
    return frame(Keeper.SYSTEMD, snap_service(*said), running, unit=SNAP_UNIT)


def snap_pending() -> Frame:
    """`snap set` was used after the start, and a host beside the unit is one that the launcher hides."""
    said = (
        Assignment("OLLAMA_HOST", "0.0.0.0", BESIDE_SNAP),
        *(SNAP_HOST, Assignment(C, "8192", IN_SNAP)),
    )
    running = {"OLLAMA_HOST": "127.0.0.1:11434"}
    return frame(Keeper.SYSTEMD, snap_service(*said), running, unit=SNAP_UNIT)


def snap_edited() -> Frame:
    """A file beside its unit that systemd has not read yet."""
    said = (Assignment(N, "4", BESIDE_SNAP), SNAP_HOST)
    running = {"OLLAMA_HOST": "127.0.0.1:11434"}
    return frame(Keeper.SYSTEMD, snap_service(*said, needs_reload=True), running, unit=SNAP_UNIT)


WELL = (compose, app_well, brew_well, nix_well, snap_well)
ILL = (compose_shell, app_slider, brew_edited, nix_unset, snap_pending)
