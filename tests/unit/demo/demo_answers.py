"""Asking a simulated server, and comparing what it answers with the captures of real ones."""

import asyncio
import json
from pathlib import Path
from typing import Any

import psutil
from world import Client, Server

from ollama_top.ollama.argv import parse_runner

CAPTURES = Path(__file__).parents[2] / "captures"
FOLDERS = {"0.33.0": "ollama-0.33.0-rc2", "0.24.0": "ollama-0.24.0"}


def capture(version: str, name: str) -> Any:
    return json.loads((CAPTURES / FOLDERS[version] / name).read_text())


async def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> dict[str, Any]:
    """An answer in the form of the captures."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    fields = {"Host": f"127.0.0.1:{port}", "Content-Length": str(len(body)), "Connection": "close", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    first, _, rest = answer.partition(b"\r\n")
    lines, _, content = rest.partition(b"\r\n\r\n")
    pairs = (line.partition(": ") for line in lines.decode().split("\r\n"))
    return {
        "status": int(first.split()[1]),
        "headers": {name.lower(): value for name, _, value in pairs},
        "body": content.decode(),
    }


async def loaded(server: Server) -> None:
    """Have the model loaded, with one request behind it."""
    client = await Client.connect(server.port)
    assert (await client.generate(words=2, tokens=2)).status == 200
    await client.close()


def shape(value: Any) -> Any:
    """The keys in their order and the kinds of values; of a list its first."""
    if isinstance(value, dict):
        return [(key, shape(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    )


def assert_alike(ours: dict[str, Any], real: dict[str, Any]) -> None:
    """Same status, same headers but their values of time and length, same shape of the body."""
    assert ours["status"] == real["status"]
    for name, value in real["headers"].items():
        if name not in {"date", "content-length", "keep-alive", "connection", "x-content-type-options"}:
            assert ours["headers"][name] == value.strip()
    if real["body"].startswith(("{", "[")):
        assert shape(json.loads(ours["body"])) == shape(json.loads(real["body"]))
    else:
        assert ours["body"] == real["body"]


def runner_of(server: Server) -> psutil.Process:
    """The runner of the model, by its parent and its command line."""
    children = psutil.Process(server.pid).children()
    found = [each for each in children if "nomic" not in each.cmdline() and parse_runner(each.cmdline())]
    return max(found, key=lambda each: each.create_time())
