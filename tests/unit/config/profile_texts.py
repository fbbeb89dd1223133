"""Files of profiles as people write them: comments anywhere, several machines, blanks, either line end."""

from dataclasses import dataclass

from hypothesis import strategies as st

from ollama_top.config.machine import Machine

HERE, THERE = Machine("a" * 32, "here"), Machine("b" * 32, "there")
VARIABLES = ("OLLAMA_NUM_PARALLEL", "OLLAMA_CONTEXT_LENGTH", "OLLAMA_KEEP_ALIVE", "OLLAMA_ORIGINS")

characters = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\x85"
)
comments = st.text(characters, max_size=12).map(lambda words: f"# {words}")
loose = st.lists(st.just("") | comments | comments.map(lambda line: f"   {line}"), max_size=3)
names = st.sampled_from(("night", "day", "two words", "a.b", "größer"))
values = st.text(characters, min_size=1, max_size=8)
writings = values.map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
) | st.sampled_from(
    ("4", "true", "'[literal] # no comment'", '"""\n[x]\ny = 1 # no\n"""', "'''a'''", '"""quote\\""""')
)


@dataclass(frozen=True)
class Written:
    """A whole file, and its variables by machine and profile: the line of each, and the value in it."""

    text: str
    profiles: dict[tuple[str, str], dict[str, tuple[str, str]]]

    def with_value(self, table: tuple[str, str], variable: str, value: str) -> str:
        """The file with another value, by no more than cutting it in."""
        line, written = self.profiles[table][variable]
        start = self.text.index(line, self.text.index(header(*table)))
        at = self.text.index(written, self.text.index("=", start))
        return self.text[:at] + value + self.text[at + len(written) :]


def header(machine: str, name: str) -> str:
    """The header of a profile."""
    return f'[machine.{machine}.profile."{name}"]'


@st.composite
def entry(draw: st.DrawFn, name: str, newline: str) -> tuple[list[str], str, str]:
    """Comments, a variable's line that follows them, and the value in it."""
    written = draw(writings).replace("\n", newline)
    behind = draw(st.just("") | comments.map(lambda line: f"   {line}"))
    blanks = draw(st.sampled_from((" = ", "=", "  =   ")))
    return draw(loose), f"{draw(st.sampled_from(('', '  ')))}{name}{blanks}{written}{behind}", written


@st.composite
def files(draw: st.DrawFn) -> Written:
    """A file with profiles of two machines, in any order."""
    newline = draw(st.sampled_from(("\n", "\r\n")))
    tables = draw(st.lists(st.tuples(st.sampled_from((HERE.id, THERE.id)), names), unique=True, max_size=5))
    lines: list[str] = draw(loose)
    lines += [f"[machine.{HERE.id}]", 'name = "here"'] if draw(st.booleans()) else []
    held: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for table in tables:
        lines += [*draw(loose), f"{header(*table)}{draw(st.sampled_from(('', '  # why')))}"]
        held[table] = {}
        for variable in draw(st.lists(st.sampled_from(VARIABLES), unique=True, max_size=3)):
            before, line, written = draw(entry(variable, newline))
            held[table][variable] = line, written
            lines += [*before, line]
    end = newline if draw(st.booleans()) and lines else ""
    return Written(newline.join([*lines, *draw(loose)]) + end, held)
