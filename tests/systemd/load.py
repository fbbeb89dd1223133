"""Runs inside the sandbox: requests at once, beside idle connections that asked once before.

Prints `ready` once all are sent, and ends when its standard input does.
"""

import http.client
import json
import socket
import sys
import threading
import time

REQUESTS, IDLE, TOKENS = 6, 5, 400


def connect() -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", 11434, timeout=120)


def ask(client: http.client.HTTPConnection, *, stream: bool, tokens: int) -> None:
    words = {
        "model": "gemma3:270m",
        "prompt": "one two three",
        "stream": stream,
        "options": {"num_predict": tokens},
    }
    client.request("POST", "/api/generate", json.dumps(words), {"Content-Type": "application/json"})


def await_server() -> None:
    """A unit is started before its server listens."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", 11434)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return


def main() -> None:
    await_server()
    ask(first := connect(), stream=False, tokens=2)
    first.getresponse().read()
    idle = [connect() for _ in range(IDLE)]
    for each in idle:
        each.request("GET", "/api/version")
        each.getresponse().read()
    busy = [connect() for _ in range(REQUESTS)]
    for number, each in enumerate(busy):
        ask(each, stream=number % 2 == 0, tokens=TOKENS)
        threading.Thread(target=each.getresponse, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
