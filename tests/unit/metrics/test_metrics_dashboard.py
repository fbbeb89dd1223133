"""The dashboard for Grafana: it asks for what there is, and for all that is worth a look."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ollama_top.metrics.dashboard import dashboard
from ollama_top.metrics.metric import Metric
from ollama_top.metrics.of_frame import TOLD
from ollama_top.proxy.metrics.declared import METRICS

BOTH: tuple[Metric, ...] = (*METRICS, *(each.metric for each in TOLD))
ONLY_NAMES = {"ollama_top_info", "ollama_top_proxy_info", "ollama_top_gpu_info"}
"""Metrics that say which machine or card is which, and have nothing to plot."""


def board() -> Any:
    return json.loads(dashboard())


def expressions() -> list[str]:
    return [target["expr"] for panel in board()["panels"] for target in panel.get("targets", [])]


def named(expression: str) -> set[str]:
    names = re.findall(r"ollama_top_\w+", expression)
    proxys = {each for each in names if each.startswith("ollama_top_proxy_")}
    return {re.sub(r"_(bucket|sum|count)$", "", each) for each in proxys} | (set(names) - proxys)


def test_it_asks_for_declared_metrics_and_for_all_that_are_worth_a_look() -> None:
    asked_for = set().union(*map(named, expressions()))
    declared = {each.full_name for each in BOTH}
    assert asked_for <= declared
    assert declared - asked_for == ONLY_NAMES


def test_it_groups_and_filters_by_labels_that_its_metrics_have() -> None:
    labels = {each.full_name: {*each.labels, "le", "instance"} for each in BOTH}
    for expression in expressions():
        known = set.intersection(*(labels[name] for name in named(expression)))
        grouped = {each.strip() for by in re.findall(r"by \(([^)]+)\)", expression) for each in by.split(",")}
        assert grouped <= known, expression
        for name, filters in re.findall(r"(ollama_top_\w+)\{([^}]*)\}", expression):
            own = labels[re.sub(r"_(bucket|sum|count)$", "", name) if "_proxy_" in name else name]
            assert set(re.findall(r"(\w+)=", filters)) <= own, expression


def test_its_variables_ask_for_declared_metrics() -> None:
    for variable in board()["templating"]["list"]:
        asked_for = set(re.findall(r"ollama_top_\w+", variable["query"]))
        assert asked_for
        assert asked_for <= {each.full_name for each in BOTH}


def test_it_can_be_imported_anywhere() -> None:
    assert board()["__inputs"][0]["name"] == "DS_PROMETHEUS"
    numbers = [panel["id"] for panel in board()["panels"]]
    assert len(numbers) == len(set(numbers))
    assert all(panel["title"] and panel["gridPos"]["w"] <= 24 for panel in board()["panels"])


def test_no_panel_lies_on_another() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in board()["panels"]:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]


def test_prometheus_can_read_every_question(tmp_path: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed")
    variables = {"$instance": ".*", "$model": ".*", "$__rate_interval": "1m", "$__range": "1h"}
    rules = []
    for number, asked in enumerate(expressions()):
        plain = re.sub(r"\$\w+", lambda name: variables[name[0]], asked)
        rules.append({"record": f"panel:{number}", "expr": plain})
    file = tmp_path / "rules.json"  # which is YAML too
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    words = [program, "check", "rules", str(file)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rules found" in done.stdout
