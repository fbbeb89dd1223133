"""Scenarios to watch and to test with; each is a small declaration. Pure."""

from ollama_top.demo import catalogue as models
from ollama_top.demo.callers import Caller, Rhythm
from ollama_top.demo.placement import rtx_4090
from ollama_top.demo.scheduler import Settings
from ollama_top.demo.world import Scenario

TWO_CARDS = (rtx_4090(0), rtx_4090(1))
SETTINGS = Settings(num_parallel="2", context_tokens=16_384, cards=TWO_CARDS)

CHATS = Caller(
    "open-webui",
    880,
    "qwen3:8b",
    Rhythm(0.5, (7, 19), (1, 3), (0.3, 2.5)),
    prompt_tokens=(180, 2400),
    answer_tokens=(120, 520),
    linger_s=25,
    patience_s=45,
)
SUMMARIES = Caller(
    "python3 summarise.py",
    40_112,
    "qwen3:8b",
    Rhythm(26, (75, 125), (5, 8)),
    prompt_tokens=(2200, 6800),
    answer_tokens=(180, 330),
    is_streamed=False,
    linger_s=40,
)
ONE_OFF = Caller(
    "curl",
    40_807,
    "qwen3:8b",
    Rhythm(12, (40, 95)),
    prompt_tokens=(20, 90),
    answer_tokens=(60, 260),
    is_started_anew=True,
)
PICTURES = Caller(
    "node triage.js",
    1730,
    "qwen3.5:9b",
    Rhythm(58, (130, 210), (2, 4)),
    prompt_tokens=(700, 1500),
    answer_tokens=(90, 240),
    keep_alive_s=20,
    linger_s=10,
)
CODE = Caller(
    "aider",
    39_940,
    "qwen2.5-coder:32b",
    Rhythm(150, (240, 340), (2, 4), (9, 24)),
    prompt_tokens=(3500, 9000),
    answer_tokens=(260, 620),
    context_tokens=32_768,
    linger_s=60,
)

DEFAULT = Scenario(
    (models.CHAT, models.VISION, models.CODER), SETTINGS, (CHATS, SUMMARIES, ONE_OFF, PICTURES, CODE), seed=3
)
"""Lively: a model in steady use, batches that make a queue, a model that Ollama serves one at a
time, and a large one for which another sometimes has to go."""

EMPTY = Scenario((models.CHAT, models.VISION, models.CODER), SETTINGS)
"""Nothing loaded, nobody calls."""

IDLE = Scenario(
    (models.CHAT,),
    SETTINGS,
    (
        Caller(
            "open-webui",
            880,
            "qwen3:8b",
            Rhythm(0.5, (900, 1200)),
            prompt_tokens=(200, 400),
            answer_tokens=(80, 120),
            keep_alive_s=1800,
            linger_s=3600,
        ),
    ),
)
"""One model in memory, and long pauses."""

STORM = Scenario(
    (models.CHAT, models.VISION, models.CODER, models.EMBEDDER),
    Settings(num_parallel="4", context_tokens=8192, max_queue=16, cards=TWO_CARDS),
    (
        Caller(
            "python3 load.py",
            5001,
            "qwen3:8b",
            Rhythm(1, (9, 14), (14, 24), (0.0, 0.1)),
            prompt_tokens=(100, 3000),
            answer_tokens=(80, 400),
            linger_s=30,
            patience_s=25,
        ),
        Caller(
            "python3 crawl.py",
            5002,
            "qwen2.5-coder:32b",
            Rhythm(20, (60, 90), (6, 30), (0.0, 0.1)),
            prompt_tokens=(2000, 6000),
            answer_tokens=(100, 300),
            is_streamed=False,
            patience_s=20,
        ),
        Caller(
            "python3 index.py",
            5003,
            "nomic-embed-text:latest",
            Rhythm(5, (10, 20), (4, 12), (0.0, 0.05)),
            prompt_tokens=(200, 900),
            answer_tokens=(0, 0),
            is_streamed=False,
            keep_alive_s=30,
            linger_s=30,
        ),
        Caller(
            "node triage.js",
            1730,
            "qwen3.5:9b",
            Rhythm(30, (50, 80), (3, 6)),
            prompt_tokens=(700, 1500),
            answer_tokens=(90, 240),
        ),
    ),
    seed=3,
)
"""More than the server can take: long queues, refusals, evictions, clients that give up."""

NAMED = {"default": DEFAULT, "empty": EMPTY, "idle": IDLE, "storm": STORM}
