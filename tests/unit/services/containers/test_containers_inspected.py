"""Containers as docker 20.10 and podman 4.3 described them, in their own bytes."""

import json
from datetime import UTC, datetime

import pytest
from captured import CAPTURES
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.configuration import Layer
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.service import Author, Service
from ollama_top.services.containers.inspected import container, image_of


def bytes_of(name: str) -> bytes:
    return (CAPTURES / name).read_bytes()


IMAGE = bytes_of("docker-20.10/image.json")


def described(name: str, image: bytes = IMAGE, program: str = "docker") -> Service:
    found = container(program, bytes_of(name), image)
    assert found is not None
    return found


def said(service: Service) -> list[tuple[str, str | None, Layer]]:
    return [(each.name, each.value, each.place.layer) for each in service.configuration.assignments]


def test_a_container_of_compose() -> None:
    found = described("docker-20.10/container-compose.json")
    assert (found.name, found.manager, found.author, found.known_as) == (
        "ollama",
        "docker",
        Author.COMPOSE,
        "ollama",
    )
    assert found.files == ("/srv/ai/compose.yaml",)
    assert found.found_by == ("-p", "ai", "--project-directory", "/srv/ai")
    assert found.is_running
    assert found.started_at == Known(datetime(2026, 11, 25, 1, 23, 26, 13052, UTC), Source.SERVICE)
    assert found.restarts == Known(0, Source.SERVICE)
    assert isinstance(found.changed_at, Missing)
    assert found.changed_at.why is Why.ABSENT


def test_the_image_comes_before_what_the_container_was_created_with() -> None:
    found = described("docker-20.10/container-compose.json")
    assert said(found)[2:] == [
        ("OLLAMA_HOST", "0.0.0.0:11434", Layer.IMAGE),
        ("OLLAMA_HOST", "127.0.0.1:11477", Layer.CONTAINER),
        ("OLLAMA_NUM_PARALLEL", "4", Layer.CONTAINER),
    ]
    assert found.configuration.unread == ()


def test_other_programs_variables_are_not_kept_by_name_or_value() -> None:
    assert b"API_TOKEN" in bytes_of("docker-20.10/container-compose.json")
    found = described("docker-20.10/container-compose.json")
    assert "API_TOKEN" not in str(found)
    assert "sesame" not in str(found)


def test_an_image_that_is_not_told_leaves_all_to_the_container() -> None:
    found = described("docker-20.10/container-compose.json", image=b"")
    assert {layer for _, _, layer in said(found)} == {Layer.CONTAINER}


def test_a_project_of_compose_with_an_environment_file_of_its_own() -> None:
    """The label as docker compose's own source names it, since none is in what was recorded."""
    label = "com.docker.compose.project.environment_file"
    answer = json.dumps([{"Config": {"Labels": {label: "/srv/a b/.env,/srv/more.env"}}}])
    made = container("docker", answer.encode(), b"")
    assert made is not None
    assert made.found_by == ("--env-file", "/srv/a b/.env", "--env-file", "/srv/more.env")


def host_of(**host: object) -> Service:
    (found,) = json.loads(bytes_of("docker-20.10/container-compose.json"))
    made = container("docker", json.dumps([found | {"HostConfig": host}]).encode(), IMAGE)
    assert made is not None
    return made


def test_whether_a_container_is_removed_or_started_without_being_asked() -> None:
    """HostConfig as docker's API describes it, since none is in what was recorded."""
    always = host_of(AutoRemove=True, RestartPolicy={"Name": "always", "MaximumRetryCount": 0})
    never = host_of(AutoRemove=False, RestartPolicy={"Name": "unless-stopped"})
    assert (always.is_removed_when_stopped, always.is_started_with_manager) == (True, True)
    assert (never.is_removed_when_stopped, never.is_started_with_manager) == (False, False)


def test_what_starts_the_server_in_ollamas_place_may_set_anything() -> None:
    found = described("docker-20.10/container-script.json")
    assert found.author is Author.RUN
    unread = found.configuration.unread_for("OLLAMA_NUM_PARALLEL")
    assert unread is not None
    assert "/bin/sleep" in unread.why


def test_a_container_of_podmans_that_was_never_started() -> None:
    found = described("podman-4.3/container.json", b"", "podman")
    assert (found.name, found.manager, found.author) == ("ollama", "podman", Author.RUN)
    assert not found.is_running
    assert found.state == Known("created", Source.SERVICE)
    assert isinstance(found.started_at, Missing)
    assert ("OLLAMA_NUM_PARALLEL", "4", Layer.CONTAINER) in said(found)


def test_the_image_is_named() -> None:
    image = image_of(bytes_of("docker-20.10/container-compose.json"))
    assert image is not None
    assert image.startswith("sha256:")


@pytest.mark.parametrize("answer", [b"", b"[]\n", b"{}", b"[[]]", b"null", b"[" * 100_000])
def test_what_is_no_container(answer: bytes) -> None:
    assert container("docker", answer, IMAGE) is None
    assert image_of(answer) is None


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Config", "State", "Env", "Labels", "Path", "StartedAt", "Status", "HostConfig"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(any_json)
def test_any_answer_is_a_container_or_none(document: object) -> None:
    found = container("docker", json.dumps([document]).encode(), b"")
    assert found is None or isinstance(found.configuration.assignments, tuple)
