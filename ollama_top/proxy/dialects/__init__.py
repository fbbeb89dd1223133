"""One file a dialect. To add one, write its file, and name it here."""

from ollama_top.model.exchange import Route
from ollama_top.proxy.dialects import anthropic, ollama, openai
from ollama_top.proxy.dialects.told import Rule

RULES: dict[Route, Rule] = {each.route: each for each in (*ollama.RULES, *openai.RULES, *anthropic.RULES)}
"""How each metered route is read."""
