"""What real clients send, and what they make of the answer, is the same with the proxy and without."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from proxy_process import Proxy, proxied
from proxy_recording import Recording, recording

NODE_PATH = "OLLAMA_TOP_TEST_NODE_PATH"
"""Variable with the folder of node's modules in which `ollama` is installed."""

LIBRARIES = {
    "ollama": """
import ollama, sys
c = ollama.Client(f"http://127.0.0.1:{sys.argv[1]}")
m = [{"role": "user", "content": "why?"}]
print([p.message.content for p in c.chat("m", m, stream=True)], c.chat("m", m, options={"num_ctx": 9}))
print(c.embed("m", ["a", "b"]), c.list())
try: c.show("x")
except ollama.ResponseError as error: print(error.status_code, error.error)
""",
    "openai": """
import openai, sys
c = openai.OpenAI(base_url=f"http://127.0.0.1:{sys.argv[1]}/v1", api_key="k", max_retries=0)
m = [{"role": "user", "content": "why?"}]
print([p.choices[0].delta.content for p in c.chat.completions.create(model="m", messages=m, stream=True)])
print(c.chat.completions.create(model="m", messages=m))
try: c.models.retrieve("x")
except openai.NotFoundError as error: print(error.status_code, error.body)
""",
    "anthropic": """
import anthropic, sys
c = anthropic.Anthropic(base_url=f"http://127.0.0.1:{sys.argv[1]}", api_key="k", max_retries=0)
m = [{"role": "user", "content": "why?"}]
print(c.messages.create(model="m", max_tokens=9, messages=m))
print([e.type for e in c.messages.create(model="m", max_tokens=9, messages=m, stream=True)])
""",
}
JAVASCRIPT = """
const { Ollama } = require('ollama');
(async () => {
  const c = new Ollama({ host: `http://127.0.0.1:${process.argv[1]}` });
  const messages = [{ role: 'user', content: 'why?' }];
  for await (const p of await c.chat({ model: 'm', messages, stream: true })) console.log(p.message.content);
  console.log(await c.chat({ model: 'm', messages }), await c.list());
  await c.show({ model: 'x' }).catch(error => console.log(error.status_code, error.error));
})();
"""
CURLS = {
    "get": ["/api/tags"],
    "head": ["-I", "/api/tags"],
    "post": ["-d", '{"model": "m"}', "/api/chat"],
    "streamed": ["-N", "-d", '{"model": "m", "stream": true}', "/api/chat"],
    "not found": ["/api/nothing"],
    "two on one connection": ["/api/tags", "/api/nothing"],
    "chunked upload": ["-H", "Transfer-Encoding: chunked", "-d", "", "/api/tags"],
    "HTTP/1.0": ["-0", "/api/tags"],
}


@pytest.fixture(scope="module")
def server() -> Iterator[Recording]:
    with recording() as made:
        yield made


@pytest.fixture(scope="module")
def proxy(server: Recording) -> Iterator[Proxy]:
    with proxied(upstream=f"http://127.0.0.1:{server.port}") as running:
        yield running


def told(server: Recording, port: int, command: list[str]) -> tuple[bytes, list[bytes]]:
    """What a client prints, and what the server was sent, with one port for both."""
    server.got.clear()
    done = subprocess.run(
        command, capture_output=True, timeout=60, check=False, env=os.environ | environment()
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout, [re.sub(b":%d\\b" % port, b":PORT", each) for each in server.got]


def environment() -> dict[str, str]:
    return {"NODE_PATH": os.environ.get(NODE_PATH, ""), "NO_PROXY": "*"}


def check_same(server: Recording, proxy: Proxy, command: list[str]) -> None:
    direct, passed = (
        told(server, port, [each.replace("PORT", str(port)) for each in command])
        for port in (server.port, proxy.port)
    )
    assert direct == passed
    assert all(direct)


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_python_library_sees_and_sends_the_same(name: str, server: Recording, proxy: Proxy) -> None:
    if find_spec(name) is None:
        pytest.skip(f"the library {name} is not installed (pip install {name})")
    check_same(server, proxy, [sys.executable, "-c", LIBRARIES[name], "PORT"])


def test_the_javascript_library_sees_and_sends_the_same(server: Recording, proxy: Proxy) -> None:
    node = shutil.which("node")
    if node is None or NODE_PATH not in os.environ:
        pytest.skip(f"no node, or {NODE_PATH} names no folder of modules with ollama (npm install ollama)")
    check_same(server, proxy, [node, "-e", JAVASCRIPT, "PORT"])


@pytest.mark.parametrize("kind", CURLS)
def test_curl_sees_and_sends_the_same(kind: str, server: Recording, proxy: Proxy) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    words = [f"http://127.0.0.1:PORT{each}" if each.startswith("/") else each for each in CURLS[kind]]
    check_same(server, proxy, [curl, "-s", "-i", "--max-time", "10", *words])
