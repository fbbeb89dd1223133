"""What must not be shown of a log: prompts, and passwords in addresses. Pure."""

import re

from ollama_top.ollama.log.framing import QUOTED

PASSWORD = re.compile(r"(\w+://)[^\s/@]+@")
PROMPT = re.compile(
    rf"\b(prompt|inputs?|content|messages?|text|response|request|body|system|suffix)=({QUOTED}|\S*)"
)


def without_secrets(text: str) -> str:
    """The text without names and passwords in addresses."""
    return PASSWORD.sub(r"\1***@", text) if "@" in text else text


def without_prompts(text: str) -> str:
    """The words of a server that was told to debug, without what its users asked and got."""
    return PROMPT.sub(r"\1=(not shown)", text)
