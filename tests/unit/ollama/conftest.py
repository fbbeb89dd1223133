"""The recordings of a server whose runners are llama-server, and of one with Go runners."""

import pytest
from captured import NEWEST, OLDER, Capture


@pytest.fixture(params=[NEWEST, OLDER])
def capture(request: pytest.FixtureRequest) -> Capture:
    return Capture(request.param)


@pytest.fixture
def newest() -> Capture:
    return Capture(NEWEST)


@pytest.fixture
def older() -> Capture:
    return Capture(OLDER)
