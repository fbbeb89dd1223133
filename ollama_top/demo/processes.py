"""The simulated server's processes, as the kernel and the unit would tell them. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ollama_top.demo import hardware
from ollama_top.demo.command_lines import runner_argv
from ollama_top.demo.scheduler import Runner, Settings
from ollama_top.demo.world import Process, World
from ollama_top.model.reading import Known, Source
from ollama_top.model.server import Keeper
from ollama_top.ollama.argv import parse_runner
from ollama_top.ollama.environment import variables
from ollama_top.sources.limits import UNLIMITED, Limits
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.processes import RunnerProcess, TreeLook
from ollama_top.sources.watched import ProcessLook

SERVER_PID, SERVER_USER, SERVER_UID, UNIT = 1234, "ollama", 998, "ollama.service"
PROGRAM = "/usr/local/bin/ollama"
PROGRAMS = "/usr/local/lib/ollama"
MODELS = "/usr/share/ollama/.ollama/models"
UP = timedelta(days=2, hours=4, minutes=11)  # the server, when the world begins
LIMITS = Limits(Known(1024, Source.PROCESSES), Known(524_288, Source.PROCESSES), UNLIMITED)
GIVEN_BY_SYSTEMD = ("HOME", "INVOCATION_ID", "JOURNAL_STREAM", "LANG", "LOGNAME", "PATH", "SHELL", "USER")
SERVER_THREADS, THREADS_A_RUNNER = 24, 38
SERVER_FILES, FILES_A_RUNNER = 14, 31

Moment = Callable[[float], datetime]
"""From a second of the world to a time of day."""


def tree(world: World, moment: Moment) -> TreeLook:
    """The server and its runners at this moment."""
    settings = world.scenario.settings
    argvs = {runner: _argv(runner, process, settings.version) for runner, process in world.processes.items()}
    found = [
        _runner(process, argvs[runner], moment(process.started_s))
        for runner, process in world.processes.items()
    ]
    looks = (
        _server_look(world, moment(0) - UP),
        *(_runner_look(each, argvs[each], world.processes[each], moment) for each in argvs),
    )
    return TreeLook(
        Known(_server(moment(0) - UP), Source.PROCESSES),
        tuple(each for each in found if each is not None),
        Known(
            sum(each.cpu_percent.value for each in looks if isinstance(each.cpu_percent, Known)),
            Source.PROCESSES,
        ),
        Known(
            sum(each.rss_bytes.value for each in looks if isinstance(each.rss_bytes, Known)), Source.PROCESSES
        ),
        Known(variables([*is_set(settings), *((name, "") for name in GIVEN_BY_SYSTEMD)]), Source.PROCESSES),
        looks,
    )


def is_set(settings: Settings) -> list[tuple[str, str]]:
    """What the simulated unit sets."""
    return [("OLLAMA_MODELS", MODELS), ("OLLAMA_NUM_PARALLEL", settings.num_parallel)]


def _server(started_at: datetime) -> ServerProcess:
    group = f"/system.slice/{UNIT}"
    return ServerProcess(SERVER_PID, SERVER_USER, started_at, Keeper.SYSTEMD, UNIT, group)


def _argv(runner: Runner, process: Process, version: str) -> list[str]:
    return runner_argv(
        version,
        PROGRAMS,
        MODELS,
        runner.model,
        process.port,
        parallel=runner.parallel,
        context_tokens=runner.context_tokens,
    )


def _runner(process: Process, argv: list[str], started_at: datetime) -> RunnerProcess | None:
    args = parse_runner(argv)
    return RunnerProcess(process.pid, started_at.timestamp(), args) if args else None


def _server_look(world: World, started_at: datetime) -> ProcessLook:
    return ProcessLook(
        SERVER_PID,
        started_at.timestamp(),
        (PROGRAM, "serve"),
        Known(hardware.SERVER_CPU_PERCENT, Source.PROCESSES),
        Known(hardware.SERVER_RSS_BYTES, Source.PROCESSES),
        Known(SERVER_THREADS, Source.PROCESSES),
        Known(SERVER_FILES + len(world.connections) + len(world.processes), Source.PROCESSES),
        LIMITS,
    )


def _runner_look(runner: Runner, argv: list[str], process: Process, moment: Moment) -> ProcessLook:
    busy = len(process.bank.busy)
    return ProcessLook(
        process.pid,
        moment(process.started_s).timestamp(),
        tuple(argv),
        Known(hardware.runner_cpu_percent(runner, busy), Source.PROCESSES),
        Known(hardware.runner_rss_bytes(runner), Source.PROCESSES),
        Known(THREADS_A_RUNNER, Source.PROCESSES),
        Known(FILES_A_RUNNER + busy, Source.PROCESSES),
        LIMITS,
    )
