"""A user who has a systemd of his own, which keeps the server."""

from collections.abc import Mapping

from sandbox import Sandbox
from serving import ROOT

FOLDER = "/home/dev/.config/systemd/user"
BOOT = """
systemctl stop ollama
uid=$(id -u dev)
mkdir -p /run/user/$uid && chown dev:dev /run/user/$uid && chmod 700 /run/user/$uid
systemctl start user@$uid.service
"""
WRITE = 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"'


def started(box: Sandbox, unit: str, files: Mapping[str, str]) -> dict[str, str]:
    """Have that systemd start a unit, whose files are written by their names; the user's environment."""
    box.run(["sh", "-ec", BOOT])
    number = box.run(["id", "-u", "dev"]).stdout.strip()
    environment = {"XDG_RUNTIME_DIR": f"/run/user/{number}", "PYTHONPATH": str(ROOT)}
    for name, text in files.items():
        box.run(["sh", "-euc", WRITE, "sh", f"{FOLDER}/{name}", text], user="dev")
    for words in (["daemon-reload"], ["start", unit]):
        box.run(["systemctl", "--user", *words], user="dev", env=environment)
    return environment
