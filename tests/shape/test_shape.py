"""The shape that CONTRIBUTING.md promises: short files and functions, words on what is public.

Each rule is a pure function of one file, and is shown a file that breaks it.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE_LINES, FUNCTION_LINES = 300, 50
BLANKET = {"Exception", "BaseException"}
TODO = re.compile(r"\b(TODO|FIXME|XXX)\b")

BOUNDARIES = {
    "ollama_top/apply/course.py": "takes a change back that a defect of ours has cut off",
    "ollama_top/engine/daemon.py": "hands whatever a thread raised to the one who awaits it",
    "ollama_top/engine/station.py": "makes a defect of one source its problem, and not the others'",
    "ollama_top/proxy/wire/connection.py": "makes a watcher's defect an opaque connection, and no client's",
}
"""The modules in which everything is caught, once each, and to what end."""

Rule = Callable[[str, ast.Module], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert len(found) > 10
    return sorted(path for path in found if "captures" not in path.parts)


@cache
def parsed(path: Path) -> tuple[str, ast.Module]:
    """A file as the rules look at it; one has many lookers."""
    text = path.read_text()
    return text, ast.parse(text)


def offences(rule: Rule, *folders: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {offence}" for path in files(*folders) for offence in rule(*parsed(path))
    ]


def too_long(text: str, _: ast.Module) -> Iterator[str]:
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{lines} lines"


def long_functions(_: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, Function) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name}: {lines} lines"


def undocumented(_: str, tree: ast.Module) -> Iterator[str]:
    if not ast.get_docstring(tree):
        yield "the module"
    for node in _public(tree):
        if not ast.get_docstring(node) and not _overrides(node):
            yield node.name


def blanket_catches(_: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = (
                {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)}
                if node.type
                else BLANKET
            )
            if caught & BLANKET:
                yield f"line {node.lineno}"


def bare_todos(text: str, _: ast.Module) -> Iterator[str]:
    if not TODO.search(text):
        return  # tokens of all files take seconds
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and TODO.search(token.string):
            yield f"line {token.start[0]}"


def _public(node: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for each in node.body:
        if isinstance(each, Function | ast.ClassDef) and not each.name.startswith("_"):
            yield each
            if isinstance(each, ast.ClassDef):
                yield from _public(each)


def _overrides(node: Function | ast.ClassDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "override" for each in node.decorator_list)


def test_no_file_is_too_long() -> None:
    assert offences(too_long, "ollama_top", "tests") == []


def test_no_function_is_too_long() -> None:
    assert offences(long_functions, "ollama_top", "tests") == []


def test_what_is_public_is_documented() -> None:
    assert offences(undocumented, "ollama_top") == []


def test_everything_is_caught_only_at_the_boundaries() -> None:
    found = [offence.partition(":")[0] for offence in offences(blanket_catches, "ollama_top")]
    assert sorted(found) == sorted(BOUNDARIES)


def test_nothing_is_left_to_do_in_a_comment() -> None:
    assert offences(bare_todos, "ollama_top", "tests") == []


@pytest.mark.parametrize(
    ("rule", "text", "offence"),
    [
        (too_long, "x = 1\n" * 301, "301 lines"),
        (long_functions, "def f():\n" + "    x = 1\n" * 50, "f: 51 lines"),
        (long_functions, "class C:\n    async def f():\n" + "        x = 1\n" * 50, "f: 51 lines"),
        (undocumented, "x = 1\n", "the module"),
        (undocumented, '"""M."""\ndef f(): ...\n', "f"),
        (undocumented, '"""M."""\nclass C:\n    """C."""\n    def f(self): ...\n', "f"),
        (blanket_catches, "try: ...\nexcept Exception: ...\n", "line 2"),
        (blanket_catches, "try: ...\nexcept (OSError, BaseException): ...\n", "line 2"),
        (blanket_catches, "try: ...\nexcept: ...\n", "line 2"),
        (bare_todos, "x = 1  # TODO later\n", "line 1"),
    ],
)
def test_a_file_that_breaks_a_rule_is_found(rule: Rule, text: str, offence: str) -> None:
    assert list(rule(text, ast.parse(text))) == [offence]
