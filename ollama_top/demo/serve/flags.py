"""What the simulated server can be told beyond Ollama's own environment: speeds, models, version."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ollama_top.demo import catalogue, pulls
from ollama_top.demo.catalogue import GIB, Model, Pace, parse_model
from ollama_top.demo.durations import parse_duration
from ollama_top.demo.placement import Card, rtx_4090
from ollama_top.demo.scheduler import Settings


def parser() -> argparse.ArgumentParser:
    """The flags of `python -m ollama_top.demo.serve`."""
    flags = argparse.ArgumentParser(
        prog="python -m ollama_top.demo.serve",
        description="Answer like `ollama serve`, by simulation. OLLAMA_HOST, OLLAMA_NUM_PARALLEL,"
        " OLLAMA_MAX_QUEUE, OLLAMA_MAX_LOADED_MODELS, OLLAMA_KEEP_ALIVE, OLLAMA_CONTEXT_LENGTH and"
        " OLLAMA_MODELS mean what they mean to Ollama.",
    )
    flags.add_argument("--install", metavar="DIR", help="write DIR/ollama and DIR/llama-server, and end")
    flags.add_argument(
        "--version", default="0.33.0", help="the release to behave like (default: %(default)s)"
    )
    flags.add_argument(
        "--models",
        metavar="NAME[=FAMILY],...",
        default="gemma3:270m",
        help="what is installed (default: %(default)s); one with embed in its name embeds, one with"
        " mlx is for an MLX runner; known: " + ", ".join(each.name for each in catalogue.CATALOGUE),
    )
    flags.add_argument(
        "--load-s", type=float, default=0.3, metavar="S", help="time of a load (default: %(default)s)"
    )
    flags.add_argument("--prefill-rate", type=float, metavar="N", help="tokens of prompts read per second")
    flags.add_argument(
        "--decode-rate", type=float, metavar="N", help="tokens written per second by each slot"
    )
    flags.add_argument(
        "--vram-gib", default="24,24", metavar="N,...", help="memory of each card; empty: no card"
    )
    flags.add_argument(
        "--pull-rate", type=float, default=pulls.BYTES_PER_S, metavar="N", help="bytes a second of a pull"
    )
    flags.add_argument("--pull-fails", metavar="WORDS", help="end every pull midway with this error")
    flags.add_argument("--temporary", action="store_true", help=argparse.SUPPRESS)
    return flags


def models_of(options: argparse.Namespace) -> list[Model]:
    """The installed models, at the speeds asked for; raises ValueError."""
    models = [parse_model(each) for each in options.models.split(",") if each]
    return [replace(each, pace=_pace(each.pace, options)) for each in models]


def settings_of(options: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The server's settings, read as Ollama reads them: what makes no sense counts as not set."""
    keep_alive_s = parse_duration(environment.get("OLLAMA_KEEP_ALIVE", ""))
    return Settings(
        version=options.version,
        num_parallel=environment.get("OLLAMA_NUM_PARALLEL", ""),
        max_queue=_number(environment, "OLLAMA_MAX_QUEUE", 512),
        max_loaded=_number(environment, "OLLAMA_MAX_LOADED_MODELS", 0),
        keep_alive_s=300.0 if keep_alive_s is None else keep_alive_s,
        context_tokens=_number(environment, "OLLAMA_CONTEXT_LENGTH", 0) or 4096,
        cards=tuple(
            _card(number, gib) for number, gib in enumerate(filter(None, options.vram_gib.split(",")))
        ),
    )


def _pace(pace: Pace, options: argparse.Namespace) -> Pace:
    """A rate that is asked for holds for each slot, however many are busy."""
    if options.prefill_rate:
        pace = replace(pace, prefill_per_s=options.prefill_rate)
    if options.decode_rate:
        pace = replace(pace, decode_per_s=options.decode_rate, crowding=0.0)
    return pace


def _card(number: int, gib: str) -> Card:
    return replace(rtx_4090(number), memory_bytes=round(float(gib) * GIB))


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "").strip().strip("\"'").strip()
    return int(value) if value.isascii() and value.isdigit() else default


def flags_as_words(options: argparse.Namespace) -> Sequence[str]:
    """The flags again, for a launcher that is to behave alike."""
    words = ["--version", options.version, "--models", options.models, "--load-s", str(options.load_s)]
    words += ["--vram-gib", options.vram_gib, "--pull-rate", str(options.pull_rate)]
    rest = (
        ("--prefill-rate", options.prefill_rate),
        ("--decode-rate", options.decode_rate),
        ("--pull-fails", options.pull_fails),
    )
    for name, value in rest:
        words += [name, str(value)] if value else []
    return words
