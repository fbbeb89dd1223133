"""Runs inside the sandbox: clients that ask without a pause, until the standard input ends.

asking.py PORT CLIENTS TOKENS    prints `ready`, and at the end a line that tells what became of it:
                                 {"answered": N, "failures": N, "failed": [why, ...], "longest_s": S}
"""

import http.client
import json
import os
import sys
import threading
import time

PORT, CLIENTS, TOKENS = map(int, sys.argv[1:4])
LIMIT_S = 120
AFTER_FAILURE_S = 0.2
PATIENCE_S = 5  # for those under way at the end
over = threading.Event()
answered: list[float] = []
failed: list[str] = []


def ask(client: http.client.HTTPConnection, *, stream: bool) -> str | None:
    """Why a request failed; None where it was answered whole."""
    words = {
        "model": "gemma3:270m",
        "prompt": "one two",
        "stream": stream,
        "options": {"num_predict": TOKENS},
    }
    client.request("POST", "/api/generate", json.dumps(words), {"Content-Type": "application/json"})
    reply = client.getresponse()
    last = reply.read().strip().splitlines()[-1:]
    is_whole = reply.status == 200 and bool(last) and json.loads(last[0]).get("done") is True
    return None if is_whole else f"{reply.status} {last}"


def go_on(*, stream: bool) -> None:
    client = http.client.HTTPConnection("127.0.0.1", PORT, timeout=LIMIT_S)
    while not over.is_set():
        began_s = time.monotonic()
        try:
            why = ask(client, stream=stream)
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = repr(error)
            client.close()
        if why is None:
            answered.append(time.monotonic() - began_s)
        else:
            failed.append(why)
            time.sleep(AFTER_FAILURE_S)


def main() -> None:
    threads = [threading.Thread(target=go_on, kwargs={"stream": bool(each % 2)}) for each in range(CLIENTS)]
    for each in threads:
        each.start()
    print("ready", flush=True)
    sys.stdin.read()
    over.set()
    ends_s = time.monotonic() + PATIENCE_S
    for each in threads:
        each.join(max(0.0, ends_s - time.monotonic()))
    told = {
        "answered": len(answered),
        "failed": failed[:9],
        "failures": len(failed),
        "longest_s": max(answered, default=None),
    }
    print(json.dumps(told), flush=True)
    os._exit(0)  # those that are still answered are none of the numbers


if __name__ == "__main__":
    main()
