"""Clients that ask a server without end: `load.py HOST:PORT CLIENTS`.

Must never ask faster than it is answered.
"""

import http.client
import json
import sys
from threading import Thread

MODEL = "gemma3:270m"
QUESTION = json.dumps({"model": MODEL, "prompt": "Tell a long story of a short queue. " * 20}).encode()


def ask_without_end(address: str) -> None:
    """Ask again as soon as the answer has come in whole."""
    while True:
        connection = http.client.HTTPConnection(address, timeout=600)
        connection.request("POST", "/api/generate", QUESTION, {"Content-Type": "application/json"})
        connection.getresponse().read()
        connection.close()


if __name__ == "__main__":
    for _ in range(int(sys.argv[2])):
        Thread(target=ask_without_end, args=[sys.argv[1]]).start()
