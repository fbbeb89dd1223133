"""What was begun before this monitor was started: a change of settings that was cut off, or that goes on.

Must never hold up the first look, nor load what changes settings where nothing was begun.
"""

from typing import TYPE_CHECKING

from ollama_top.columns.cell import Cell, Role
from ollama_top.config.state_file import changes_folder
from ollama_top.engine.daemon import in_daemon_thread

if TYPE_CHECKING:
    from ollama_top.tui.monitor import Monitor


async def look_back(monitor: "Monitor") -> None:
    """Offer to finish or take back what was cut off; say of what goes on that it does."""
    if not await in_daemon_thread(lambda: changes_folder().exists()):
        return  # and most people have never changed anything from here
    from ollama_top.apply.journal import Journal, JournalError  # noqa: PLC0415 - after the first paint

    try:
        entry = await in_daemon_thread(lambda: Journal().cut_off())
    except JournalError as error:
        monitor.update(notice=Cell(str(error), Role.NOTICE))
        return
    if entry is not None:
        monitor.changing.here.offer(entry)
