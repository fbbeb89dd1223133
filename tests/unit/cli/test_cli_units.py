"""`--unit`: the command line that was given as a unit of systemd's, without a secret in it."""

from pathlib import Path

import pytest
import running

from ollama_top.cli import units
from ollama_top.cli.errors import UsageError
from ollama_top.cli.parsing import parser


@pytest.fixture(autouse=True)
def reachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that every user can start, wherever this test runs."""
    monkeypatch.setattr(units, "_parts", lambda: (Path("/usr/bin"),))
    monkeypatch.setattr(units, "_program", lambda: ["/usr/bin/ollama-top"])


def serve(*words: str) -> list[str]:
    from ollama_top.cli.commands.serve import _setup

    options = parser().parse_args(["serve", *words])
    return units.of_serve(options, _setup(options)).splitlines()


def proxy(*words: str) -> list[str]:
    from ollama_top.cli.commands.proxy import _setup

    options = parser().parse_args(["proxy", *words])
    return units.of_proxy(options, _setup(options)).splitlines()


def started(unit: list[str]) -> str:
    (line,) = [each for each in unit if each.startswith("ExecStart=")]
    return line.removeprefix("ExecStart=/usr/bin/ollama-top ")


def test_serve_as_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "gpu1:80")
    told = serve("--metrics", "0.0.0.0:1", "--allow-remote", "--allow-host", "a.example", "--interval", "9")
    assert started(told) == (
        "serve --host http://gpu1:80 --metrics 0.0.0.0:1 --allow-remote --allow-host a.example --interval 9"
    )
    assert "IPAddressDeny=any" not in told
    assert "IPAddressDeny=any" in serve("--host", "127.0.0.1")


def test_paths_are_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"--ca-file {tmp_path}/ca.pem" in started(serve("--host", "https://x", "--ca-file", "ca.pem"))
    assert f"--feed {tmp_path}/feed" in started(proxy("--upstream", "127.0.0.1", "--feed", "feed"))


def test_feeds_that_serve_is_to_read_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert started(serve("--feed", "one", "--feed", "/run/two")).endswith(
        f" --feed {tmp_path}/one --feed /run/two"
    )


def test_a_token_is_named_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_TOP_TOKEN", "53cr3t")
    told = serve("--host", "https://x")
    assert "EnvironmentFile=/etc/ollama-top.env" in told
    assert "53cr3t" not in "\n".join(told)
    monkeypatch.delenv("OLLAMA_TOP_TOKEN")
    assert "EnvironmentFile=/etc/ollama-top.env" not in serve("--host", "https://x")


def test_the_proxys_feed_is_where_every_monitor_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_is_group", lambda _: True)
    told = proxy("--upstream", "127.0.0.1", "--metrics", "127.0.0.1:9435", "--max-connections", "10")
    assert started(told) == (
        "proxy --listen 127.0.0.1:11435 --upstream http://127.0.0.1:11434"
        " --feed /run/ollama-top/proxy-127.0.0.1-11435.sock --feed-group ollama"
        " --metrics 127.0.0.1:9435 --max-connections 10"
    )
    assert {"RuntimeDirectory=ollama-top", "SupplementaryGroups=ollama", "LimitNOFILE=148"} <= set(told)
    monkeypatch.setattr(units, "_is_group", lambda _: False)
    assert "--feed-group" not in started(proxy("--upstream", "127.0.0.1"))


def test_names_to_be_rewritten_come_last_since_there_may_be_none() -> None:
    assert started(proxy("--upstream", "127.0.0.1", "--rewrite-host")).endswith(" --rewrite-host")


def test_a_program_that_others_cannot_reach_is_run_by_its_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(units, "_parts", lambda: (tmp_path,))
    monkeypatch.setattr(Path, "owner", lambda _: "ann")
    tmp_path.chmod(0o700)
    told = serve()
    assert "User=ann" in told
    assert "DynamicUser=yes" not in told
    monkeypatch.setattr(Path, "owner", lambda _: "root")
    with pytest.raises(UsageError, match="can be reached by root only"):
        serve()


def test_a_folder_is_open_when_all_above_it_are(tmp_path: Path) -> None:
    assert units.is_open_to_all(Path("/usr"))
    inner = tmp_path / "inner"
    inner.mkdir(mode=0o755)
    tmp_path.chmod(0o700)
    assert not units.is_open_to_all(inner)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["serve", "--unit", "--metrics", "0.0.0.0:1"], "--allow-remote says that this is meant"),
        (["proxy", "--unit", "--listen", "0.0.0.0:1"], "--allow-remote says that this is meant"),
        (["proxy", "--unit", "--metrics", "0.0.0.0:1"], "--allow-remote says that this is meant"),
    ],
)
def test_what_is_refused_gets_no_unit(words: list[str], problem: str) -> None:
    done = running.run(*words)
    assert (done.returncode, done.stdout) == (64, "")
    assert problem in done.stderr
