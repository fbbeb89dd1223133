"""A model's expiry is put back, whatever the server's clock says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bursts import MODEL

from ollama_top.burst.expiry import TOO_LATE, is_forever, put_back
from ollama_top.ollama.replies import PsModel


class Server:
    """Lists one model, and sets its expiry by a clock of its own."""

    def __init__(self, left_s: float, skew_s: float = 0.0) -> None:
        self.skew = timedelta(seconds=skew_s)
        self.expires_at = self.now + timedelta(seconds=left_s)
        self.asked: list[tuple[float, Any]] = []
        self.names = [MODEL]

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.skew

    async def loaded(self) -> tuple[PsModel, ...]:
        rest = (None,) * 7
        return tuple(PsModel(name, *rest, expires_at=self.expires_at) for name in self.names)

    async def expire_in(self, _: str, seconds: float, options: Any) -> None:
        self.asked.append((seconds, options))
        self.expires_at = self.now + timedelta(seconds=seconds)


async def restored(server: Server, wanted: datetime) -> str | None:
    return await put_back(server, MODEL, wanted, {"num_ctx": 1024})  # type: ignore[arg-type]


async def test_it_is_put_back_within_a_second_even_by_a_clock_that_is_wrong() -> None:
    for skew_s in (0.0, 75.0, -75.0):
        server = Server(300, skew_s)
        wanted = server.now + timedelta(seconds=120)
        note = await restored(server, wanted)
        assert abs((server.expires_at - wanted).total_seconds()) < 1
        assert note is not None
        assert "keep_alive" in note
        assert server.asked[0][1] == {"num_ctx": 1024}


async def test_where_nothing_has_moved_nothing_is_asked() -> None:
    server = Server(300)
    assert await restored(server, server.expires_at) is None
    assert server.asked == []


async def test_what_is_past_or_gone_is_let_be() -> None:
    server = Server(300)
    assert await restored(server, server.now - timedelta(seconds=5)) == TOO_LATE
    server.names = []
    assert await restored(server, server.now + timedelta(seconds=60)) is None
    assert server.asked == []


def test_for_ever_is_centuries_ahead() -> None:
    assert is_forever(datetime(2318, 1, 1, tzinfo=UTC))
    assert not is_forever(datetime.now(UTC) + timedelta(days=2))
