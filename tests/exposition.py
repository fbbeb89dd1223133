"""A page for Prometheus, read strictly: what a lenient reader would forgive is an error here."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field

import pytest

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
SAMPLE = re.compile(rf"^({NAME})(?:\{{(.*)\}})? (-?[0-9][0-9.e+-]*)$")
HEAD = re.compile(rf"^# (HELP|TYPE) ({NAME}) (.+)$")
UNESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
KINDS = {"counter", "gauge", "histogram"}
PARTS = ("_bucket", "_sum", "_count")
Labels = tuple[tuple[str, str], ...]


@dataclass
class Family:
    """One metric: what it means, its kind, and its samples by their full names and labels."""

    doc: str
    kind: str = ""
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


def read(page: str) -> dict[str, Family]:
    """The families of a page by name; AssertionError for what is not the format, to the letter."""
    assert page == "" or page.endswith("\n")
    families: dict[str, Family] = {}
    name = ""
    for line in page.removesuffix("\n").split("\n") if page else ():
        assert line == line.strip(), "blanks at the border of a line"
        if line.startswith("#"):
            head = HEAD.match(line)
            assert head, line
            name = _begin(families, head, name)
        else:
            _add(families[name], name, line)
    for each, family in families.items():
        assert family.kind, f"{each} has no kind"
        assert family.kind != "counter" or each.endswith("_total"), each
    return families


def _begin(families: dict[str, Family], head: re.Match[str], name: str) -> str:
    what, own, text = head.groups()
    if what == "HELP":
        assert own not in families, f"{own} is begun twice"
        families[own] = Family(text)
        return own
    assert own == name, "the kind of another metric"
    assert not families[own].samples, "the kind after a sample"
    assert not families[own].kind, "the kind twice"
    assert text in KINDS, text
    families[own].kind = text
    return own


def _add(family: Family, name: str, line: str) -> None:
    found = SAMPLE.match(line)
    assert found, line
    own, labels, value = found.groups()
    allowed = [name + part for part in PARTS] if family.kind == "histogram" else [name]
    assert own in allowed, f"{own} among the samples of {name}"
    key = (own, _labels(labels) if labels is not None else ())
    assert key not in family.samples, f"{line} twice"
    family.samples[key] = float(value)


def _labels(text: str) -> Labels:
    found, at = [], 0
    while at < len(text):
        label = LABEL.match(text, at)
        assert label, text
        found.append((label[1], re.sub(r"\\.", lambda escape: UNESCAPED[escape[0]], label[2])))
        at = label.end()
    assert not text.endswith(",")
    assert len({each for each, _ in found}) == len(found), "a label twice"
    return tuple(found)


def samples(page: str) -> dict[tuple[str, Labels], float]:
    """All samples of a page."""
    return {key: value for family in read(page).values() for key, value in family.samples.items()}


def promtool(page: str) -> None:
    """Prometheus's own judgement of a page, its advice on names included; skips without promtool."""
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed")
    words = [program, "check", "metrics"]
    done = subprocess.run(words, input=page, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
