"""Lines as Ollama writes them, for what no recorded server had occasion to say.

The words are those of Ollama's source at the tag that each names; their form is that of recorded lines.
"""

from ollama_top.ollama.log.story import Story, Told

STAMP = "time=2026-11-23T09:37:56.473Z"


def server(message: str, rest: str = "", level: str = "INFO") -> str:
    """A line of the server's own; a message of several words stands in quotes."""
    quoted = f'"{message}"' if " " in message else message
    return f"{STAMP} level={level} source=sched.go:1 msg={quoted} {rest}".rstrip()


def gin(
    path: str = "/api/chat", status: int = 200, took: str = "1.5s", method: str = "POST", at: str = "09:38:00"
) -> str:
    """The end of a request."""
    quoted = path.replace("\\", "\\\\").replace('"', '\\"')  # as Go quotes it
    return f'[GIN] 2026/11/23 - {at} | {status} | {took:>13} | {"127.0.0.1":>15} | {method:<7} "{quoted}"'


def start(port: int, kind: str = "runner", path: str = "/m") -> str:
    return server(f"starting {kind}", f'cmd="/bin/ollama runner --model {path} --port {port}"')


def commit(parallel: object = 2, kv: object = 8192, kind: str = "", operation: str = "commit") -> str:
    return server(
        "load",
        f'request="{{Operation:{operation} LoraPath:[] Parallel:{parallel} BatchSize:512'
        f" FlashAttention:Enabled KvSize:{kv} KvCacheType:{kind} NumThreads:2 GPULayers:[]"
        ' MultiUserCache:false ProjectorPath: MainGPU:0 UseMmap:false}"',
    )


def slots(parallel: object, context: object) -> str:
    return (
        f"srv    load_model: initializing, n_slots = {parallel}, n_ctx_slot = {context}, kv_unified = 'false'"
    )


def told(*lines: str) -> Told:
    """What these lines tell."""
    story = Story()
    for line in lines:
        story.take(line)
    return story.told()
