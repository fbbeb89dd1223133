"""The dashboard for Grafana that shows all metrics of ours."""

from importlib.resources import files

NAME = "grafana-dashboard.json"


def dashboard() -> str:
    """Its JSON, as Grafana imports it."""
    return files("ollama_top.metrics").joinpath(NAME).read_text(encoding="utf-8").rstrip("\n")
