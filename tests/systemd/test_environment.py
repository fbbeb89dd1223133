"""What the files of a unit give to its process: our reading of them against systemd's own."""

import random
from pathlib import Path

import pytest
from sandbox import Sandbox

from ollama_top.services.systemd.configured import TextFile, configuration, environment_files

pytestmark = pytest.mark.systemd

UNIT = "probe.service"
FOLDER = "/etc/systemd/system"
TRIALS = 40
PIECES = (
    *(
        "OLLAMA_A",
        "OLLAMA_B",
        "LLAMA_ARG_C",
        "=",
        "=",
        "=",
        "4",
        "x y",
        " ",
        "\t",
        "'",
        '"',
        "\\",
        "\\n",
        "\\x41",
    ),
    *(
        "\\s",
        "\\u00e9",
        "%%",
        "%n",
        "%",
        "$",
        "`",
        "#",
        ";",
        "export ",
        "ä",
        "\\\n",
        "\\q",
        ":",
        "\\101",
        "\\\\",
    ),
)


class Trial:
    """One unit with random lines, and what its process got."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        lines = [f"Environment={_text(chance)}" for _ in range(chance.randint(1, 4))]
        if chance.random() < 0.2:
            lines.insert(chance.randint(0, len(lines)), "Environment=")
        if chance.random() < 0.2:
            lines.append(f"UnsetEnvironment={chance.choice(('OLLAMA_A', 'OLLAMA_B=4'))}")
        self.out = f"/run/probe-{seed}.out"
        program = ("Type=oneshot", "ExecStart=/usr/bin/env -0", f"StandardOutput=truncate:{self.out}")
        self.unit = "\n".join(["[Service]", *program, "EnvironmentFile=-/etc/probe.env", *lines, ""])
        self.named = "\n".join(_text(chance) for _ in range(chance.randint(0, 4)))

    def expected(self) -> tuple[dict[str, str], set[str]]:
        """The variables of ours that the process should have, and those of which that is not known."""
        files = [TextFile(f"{FOLDER}/{UNIT}", self.unit)]
        named = {
            each.pattern: [TextFile(each.pattern, self.named)] for each in environment_files(UNIT, files)
        }
        found = configuration(UNIT, files, named)
        last = {name: found.said(name)[-1] for name in found.names()}
        known = {name: each.value for name, each in last.items() if each.value is not None}
        return known, {name for name, each in last.items() if each.problem}


def _text(chance: random.Random) -> str:
    start = chance.choice(("OLLAMA_A=", "OLLAMA_B=", "", '"OLLAMA_A='))
    return start + "".join(chance.choice(PIECES) for _ in range(chance.randint(0, 9)))


def got(sandbox: Sandbox, trial: Trial, folder: Path) -> dict[str, str]:
    unit, named = folder / "unit", folder / "named"
    unit.write_text(trial.unit)
    named.write_text(trial.named)
    sandbox.install(unit, f"{FOLDER}/{UNIT}")
    sandbox.install(named, "/etc/probe.env")
    sandbox.run(["systemctl", "daemon-reload"])
    sandbox.run(["systemctl", "start", UNIT])
    pairs = sandbox.run(["cat", trial.out]).stdout.split("\0")
    ours = [each.partition("=") for each in pairs if each.startswith(("OLLAMA_", "LLAMA_ARG_"))]
    return {name: value for name, _, value in ours}


def test_our_reading_is_systemds(sandbox: Sandbox, tmp_path: Path) -> None:
    for seed in range(TRIALS):
        trial = Trial(seed)
        known, unknown = trial.expected()
        found = got(sandbox, trial, tmp_path)
        certain = {name: value for name, value in found.items() if name not in unknown}
        assert certain == known, f"{seed}\n{trial.unit}\n---\n{trial.named}"
