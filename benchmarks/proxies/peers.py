"""Who is compared: ours with its meter and without, nginx and haproxy, each as a command line.

Must never start anything, but for asking our own command what it knows.
"""

import shutil
import subprocess
from pathlib import Path

from programs import FROM_SCRIPT, PYTHON, Program

UNMETERED, METERED, NGINX, HAPROXY = "ours, unmetered", "ours, metered", "nginx", "haproxy"

_UNMETERED = """
import sys
from ollama_top.ollama.host import parse_target
from ollama_top.listening.addresses import Listen
from ollama_top.proxy.run import Setup, run
from ollama_top.proxy.unwatched import Unwatched
run(Setup(parse_target(sys.argv[2]), Listen("127.0.0.1", int(sys.argv[1]))), Unwatched(), print)
"""

_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 8192; }}
http {{
  access_log off; client_max_body_size 0; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream server {{ server 127.0.0.1:{upstream}; keepalive 512; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://server; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 1h;
    }}
  }}
}}
"""

_HAPROXY = """
global
  nbthread 1
  maxconn 8192
defaults
  mode http
  option http-no-delay
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen all
  bind 127.0.0.1:{port}
  server one 127.0.0.1:{upstream}
"""


def unmetered(port: int, upstream: int) -> Program:
    """Our relay with nobody who watches."""
    return Program(UNMETERED, (PYTHON, "-c", _UNMETERED, str(port), f"http://127.0.0.1:{upstream}"))


def metered(port: int, upstream: int, folder: Path) -> Program:
    """Our relay as a user starts it, with a feed."""
    command = (PYTHON, "-c", FROM_SCRIPT, "proxy")
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=False).stdout
    if "--feed" not in shown:
        return Program(METERED, absent="this version has no meter")
    where = ("--listen", f"127.0.0.1:{port}", "--upstream", f"http://127.0.0.1:{upstream}")
    return Program(METERED, (*command, *where, "--feed", str(folder / "feed.sock")))


def nginx(port: int, upstream: int, folder: Path) -> Program:
    """One worker, which buffers nothing."""
    path = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if path is None:
        return Program(NGINX, absent="nginx is not installed (apt-get install nginx)")
    file = folder / "nginx.conf"
    file.write_text(_NGINX.format(folder=folder, port=port, upstream=upstream))
    return Program(NGINX, (path, "-e", "stderr", "-c", str(file)))


def haproxy(port: int, upstream: int, folder: Path) -> Program:
    """One thread."""
    path = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if path is None:
        return Program(HAPROXY, absent="haproxy is not installed (apt-get install haproxy)")
    file = folder / "haproxy.cfg"
    file.write_text(_HAPROXY.format(port=port, upstream=upstream))
    return Program(HAPROXY, (path, "-q", "-db", "-f", str(file)))
