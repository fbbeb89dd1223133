"""A Mac: a home with its files, and a launchctl that says what a test wants."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

APP_JOB = "application.com.electron.ollama.80039399.80039429"
BREW_JOB = "sh.brew.ollama"
LISTED = f"""PID\tStatus\tLabel
-\t78\tcom.ollama.ollama
17810\t0\t{APP_JOB}
24901\t-15\t{BREW_JOB}
"""
PRINTED = """gui/501/{label} = {{
\tactive count = 1
\tpath = {path}
\ttype = LaunchAgent
\tstate = running

\tprogram = /opt/homebrew/opt/ollama/bin/ollama
\targuments = {{
\t\t/opt/homebrew/opt/ollama/bin/ollama
\t\tserve
\t}}

\tinherited environment = {{
\t\tSSH_AUTH_SOCK => /private/tmp/com.apple.launchd.x/Listeners
\t\tOLLAMA_NUM_PARALLEL => 4
\t}}

\tdefault environment = {{
\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin
\t}}

\tenvironment = {{
\t\tOLLAMA_FLASH_ATTENTION => 1
\t\tOLLAMA_KV_CACHE_TYPE => q8_0
\t\tXPC_SERVICE_NAME => {label}
\t}}

\tdomain = gui/501 [100003]
\truns = 3
\tpid = 24901
\tlast exit code = (never exited)

\tresource coalition = {{
\t\tID = 712
\t\tstate = active
\t}}
}}
"""
"""In the form in which people show what launchctl prints; none could be run here."""

PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>EnvironmentVariables</key>
\t<dict>
\t\t<key>OLLAMA_FLASH_ATTENTION</key>
\t\t<string>1</string>
\t\t<key>OLLAMA_KV_CACHE_TYPE</key>
\t\t<string>{kind}</string>
\t</dict>
\t<key>KeepAlive</key>
\t<true/>
\t<key>Label</key>
\t<string>sh.brew.ollama</string>
</dict>
</plist>
"""
COLUMNS = """CREATE TABLE settings (id INTEGER PRIMARY KEY CHECK (id = 1), device_id TEXT NOT NULL DEFAULT '',
expose BOOLEAN NOT NULL DEFAULT 0, browser BOOLEAN NOT NULL DEFAULT 0, models TEXT NOT NULL DEFAULT '',
context_length INTEGER NOT NULL DEFAULT 0, cloud_setting_migrated BOOLEAN NOT NULL DEFAULT 0)"""
"""The columns that matter, as app/store/database.go of 0.33 declares them."""


class Mac:
    """A home of somebody's, and what launchctl says there."""

    def __init__(self, home: Path, programs: Callable[[str | None], Path]) -> None:
        self.home = home
        self.launchctl = programs

    def write(self, name: str, text: str) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def plist(self, kind: str = "q8_0") -> Path:
        return self.write("Library/LaunchAgents/sh.brew.ollama.plist", PLIST.format(kind=kind))

    def tells(self, path: Path | str, label: str = BREW_JOB) -> Path:
        """A launchctl that lists the jobs, and prints one of this user's."""
        self.write("listed", LISTED)
        self.write("printed", PRINTED.format(label=label, path=path))
        return self.launchctl(
            f'case "$1 $2" in list*) cat {self.home}/listed;;'
            f' "print gui/501/{label}") cat {self.home}/printed;; *) exit 113;; esac'
        )

    def app_settings(self, **settings: Any) -> Path:
        path = self.home / "Library/Application Support/Ollama/db.sqlite"
        path.parent.mkdir(parents=True)
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(COLUMNS)
            database.execute("INSERT INTO settings (id) VALUES (1)")
            for name, value in settings.items():
                database.execute(f"UPDATE settings SET {name} = ?", (value,))  # noqa: S608 - a test's own names
        database.close()
        return path
