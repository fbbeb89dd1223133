"""The simulated server's unit agrees with what its process was started with."""

import frames

from ollama_top.demo.feed import Camera
from ollama_top.demo.service import DROP_IN, UNIT_FILE
from ollama_top.model.configuration import Layer
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.model.setting import SettingStatus


def shot() -> Snapshot:
    return Camera(began_at=frames.NOW).shoot(2.0).snapshot


def test_a_file_dropped_in_says_what_the_process_was_started_with() -> None:
    snapshot = shot()
    assert isinstance(snapshot.service, Known)
    service = snapshot.service.value
    assert (service.is_running, service.needs_reload) == (True, False)
    assert service.files == (UNIT_FILE, DROP_IN)
    assert service.held == service.configuration
    said = service.configuration.assignments
    assert [(each.place.layer, each.place.line) for each in said] == [(Layer.DROP_IN, 2), (Layer.DROP_IN, 3)]
    assert not isinstance(snapshot.environment, Missing)
    assert {each.name: each.value for each in said}.items() <= {
        each.name: each.value for each in snapshot.environment.value
    }.items()


def test_it_was_started_after_its_files_were_written() -> None:
    snapshot = shot()
    assert isinstance(snapshot.service, Known)
    started, changed = snapshot.service.value.started_at, snapshot.service.value.changed_at
    assert isinstance(started, Known)
    assert isinstance(changed, Known)
    assert changed.value < started.value < snapshot.taken_at


def test_so_its_settings_are_set_and_none_waits_for_a_restart() -> None:
    settings = {each.name: each for each in shot().settings}
    parallel = settings["OLLAMA_NUM_PARALLEL"]
    assert parallel.status is SettingStatus.SET
    assert parallel.configured == Known("2", Source.SERVICE)
    assert parallel.running == Known("2", Source.PROCESSES)
    assert parallel.configured_in == f"{DROP_IN}:3"
    assert SettingStatus.PENDING not in {each.status for each in settings.values()}
