"""`ollama-top history`: the changes of settings that were made from here."""

import argparse

from ollama_top.cli.command import Command
from ollama_top.cli.exits import printed, talk
from ollama_top.model.exit_codes import DONE


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _run(options: argparse.Namespace) -> int:
    from ollama_top.apply.journal import Journal
    from ollama_top.outputs import document, plan, show

    journal = Journal()
    entries = journal.entries()
    for each in journal.unread():
        talk(f"{each} cannot be understood")

    def write() -> int:
        if options.json:
            values = {"format": document.FORMAT, "changes": document.encoded(entries)}
            show.write(document.as_text(values, indent=2))
        else:
            show.write(plan.history(entries))
        return DONE

    return printed(write)


COMMAND = Command(
    "history",
    "list the changes of settings that were made from here",
    "List what `ollama-top set` and the monitor changed on this machine, and what came of it.",
    _declare,
    _run,
    prints=False,
)
