"""What is foretold of a real Ollama is what it then logs: before the load, and after it."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import live_ollama
import pytest
import world
from caches import MIB, loads_of
from running import run

pytestmark = pytest.mark.real_ollama
SETTINGS = [(1, 700, "f16"), (2, 2048, "f16"), (3, 3000, "q8_0"), (4, 8192, "q4_0"), (2, 65536, "f16")]


@pytest.mark.parametrize(("parallel", "context", "kind"), SETTINGS)
def test_the_cache_takes_what_was_foretold(
    serve: Path, tmp_path: Path, parallel: int, context: int, kind: str
) -> None:
    values = {
        "OLLAMA_NUM_PARALLEL": str(parallel),
        "OLLAMA_CONTEXT_LENGTH": str(context),
        "OLLAMA_KV_CACHE_TYPE": kind,
    }
    with live_ollama.real_ollama(serve, tmp_path, **values, OLLAMA_FLASH_ATTENTION="1") as server:
        wish = [f"{name}={value}" for name, value in values.items()]
        then = what_if(server, "--model", world.MODEL, *wish)["then"]
        load_model(server)
        now = what_if(server, "OLLAMA_NUM_PARALLEL=1")["now"]
    (load,) = loads_of(server.log.read_text())
    for use in (then, now):
        assert use["least_bytes"] == use["most_bytes"]
        assert use["least_bytes"] / MIB == pytest.approx(load.logged_mib, abs=load.rounding_mib)
        assert (use["parallel"], use["kv_cache_type"]) == (parallel, kind)


def what_if(server: world.Server, *words: str) -> Any:
    done = run("what-if", "--json", "--host", server.url, *words)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def load_model(server: world.Server) -> None:
    body = json.dumps({"model": world.MODEL}).encode()
    with urllib.request.urlopen(f"{server.url}/api/generate", body, timeout=120) as reply:  # noqa: S310 - our own server
        assert json.load(reply)["done"]
