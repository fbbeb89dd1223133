"""Runs inside the sandbox: the feed of a host over ssh, which is cut midway; prints what each Frame says.

watching_over_ssh.py HOST    a line {"reachable": bool, "verdict": text, "version": text} for each Frame
"""

import asyncio
import json
import sys
from contextlib import aclosing

from ollama_top.model.reading import value_or
from ollama_top.remote import ssh
from ollama_top.remote.feed import RemoteFeed

OPTIONS = ("-o", "StrictHostKeyChecking=accept-new", "-i", "/run/keys-of-test/user")


async def main() -> None:
    words = ssh.on_host(sys.argv[1], ("--interval", "0.5", "frames"), OPTIONS)
    async with aclosing(RemoteFeed(sys.argv[1], words).frames()) as frames:
        async for frame in frames:
            server = frame.snapshot.server
            told = {"reachable": server.reachable, "version": value_or(server.version, None)}
            print(json.dumps({**told, "verdict": frame.verdict.text}), flush=True)


asyncio.run(main())
