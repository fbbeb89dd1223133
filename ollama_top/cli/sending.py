"""What is sent to a model: the options that `burst` and `sweep` have in common."""

import argparse
from typing import NamedTuple


class Sent(NamedTuple):
    """What was asked for, with the defaults of what was not."""

    tokens: int
    prompt_tokens: int
    limit_s: float


def declare(parser: argparse.ArgumentParser, *, usual_model: str, limited: str) -> None:
    """Add the options; `limited` is what --timeout is for."""
    parser.add_argument("--model", metavar="M", help=f"an installed model (default: {usual_model})")
    parser.add_argument(
        "--tokens", metavar="T", type=int, help="tokens of each answer, at the most (default: 128)"
    )
    parser.add_argument(
        "--prompt-tokens", metavar="P", type=int, help="tokens of each prompt, by estimate (default: 128)"
    )
    parser.add_argument("--timeout", metavar="S", type=float, help=f"seconds for {limited} (default: 300)")


def sent_of(options: argparse.Namespace) -> Sent:
    """What the options say."""
    from ollama_top.burst import spec  # its defaults stand in --help, which must not load it

    return Sent(
        spec.USUAL_TOKENS if options.tokens is None else options.tokens,
        spec.USUAL_PROMPT_TOKENS if options.prompt_tokens is None else options.prompt_tokens,
        spec.USUAL_LIMIT_S if options.timeout is None else options.timeout,
    )
