"""A server of known speed as a process of its own: each answer comes by a timetable, piece by piece.

`python tests/steady.py --rate R --parallel P` prints its port. It answers /v1/completions as OpenAI's
dialect has it, and /api/generate without queue or statistics, for whoever measures a clock: each piece holds
the moment at which it was sent.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass

DIALECTS = ("/v1/completions", "/api/generate")


@dataclass
class Steady:
    """What is known of it beforehand."""

    rate: float  # pieces a second of each answer
    places: asyncio.Semaphore

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question on one connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                (
                    int(line.partition(":")[2])
                    for line in head.split("\r\n")
                    if line.lower().startswith("content-length")
                ),
                0,
            )
            body = json.loads(await reader.readexactly(length) or b"{}")
            path = head.split()[1]
            if path == "/v1/models":
                self.whole(writer, {"data": [{"id": "steady"}]})
            elif path in DIALECTS:
                async with self.places:
                    await self.stream(writer, body, path)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def whole(self, writer: asyncio.StreamWriter, document: object) -> None:
        """A reply in one piece."""
        text = json.dumps(document).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(text) + text)

    async def stream(self, writer: asyncio.StreamWriter, body: dict[str, object], path: str) -> None:
        """A reply by the timetable."""
        is_ollama = path == "/api/generate"
        options = body.get("options")
        wanted = options.get("num_predict", 32) if isinstance(options, dict) else body.get("max_tokens", 32)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        begun_s, number = time.monotonic(), int(str(wanted))
        for at in range(1, number + 1):
            await asyncio.sleep(begun_s + at / self.rate - time.monotonic())
            piece = (
                {"response": f" {time.monotonic():.6f}", "done": False}
                if is_ollama
                else {"choices": [{"text": " a"}]}
            )
            self.piece(writer, piece, is_ollama=is_ollama)
        if is_ollama:
            self.piece(writer, {"response": "", "done": True}, is_ollama=True)
        else:
            self.piece(
                writer,
                {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": number}},
                is_ollama=False,
            )
            writer.write(b"e\r\ndata: [DONE]\n\n\r\n")
        writer.write(b"0\r\n\r\n")

    def piece(self, writer: asyncio.StreamWriter, document: object, *, is_ollama: bool) -> None:
        """One line or event in a chunk of its own."""
        text = json.dumps(document).encode()
        line = text + b"\n" if is_ollama else b"data: " + text + b"\n\n"
        writer.write(b"%x\r\n%s\r\n" % (len(line), line))


async def main() -> None:
    """Serve until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--parallel", type=int, default=64)
    options = parser.parse_args()
    steady = Steady(options.rate, asyncio.Semaphore(options.parallel))
    server = await asyncio.start_server(steady.answer, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
