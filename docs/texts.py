"""What docs/reference.md says between its tables; numbers and names come from the program here too."""

from ollama_top.config.feed_folder import SYSTEM_FOLDER
from ollama_top.config.interval import OF_SERVE_S
from ollama_top.doctor.news import QUIET
from ollama_top.exporter import watching
from ollama_top.listening import page
from ollama_top.metrics.metric import MOST_MODELS
from ollama_top.model import feed_event
from ollama_top.model.frame_stream import FORMAT as FRAMES
from ollama_top.ollama.wishes import NAMES
from ollama_top.outputs.document import FORMAT
from ollama_top.proxy.feed.orders import LONGEST_HOLD_S
from ollama_top.record.blocks import MAGIC, SEVERITIES, WHOLE
from ollama_top.record.recording import SEGMENT, Limits
from ollama_top.record.trim import MASK, MOST_LINES
from ollama_top.sources.calling import LONGEST_S

_SEVERITIES = ", ".join(f"{at} {each.value}" for at, each in enumerate(SEVERITIES))
MOST_BYTES, MOST_AGE_H = Limits().most_bytes, Limits().most_age_s / 3600

HEAD = f"""# Reference

Made by `docs/generate.py` from the declarations in the program; a test fails when it is stale.

## The JSON document

`ollama-top show --json` prints one document; with `--watch` it prints one a look, each on a line of its own
(NDJSON), flushed line by line. The format is `{FORMAT}`. All of it is printable ASCII.

- A value that could not be read is `null`, never 0 or an empty text, and its reason stands in
  [`missing`](#missing). The column *null* says where that may be; *plain* is a null that needs no reason: the
  meaning says what it stands for.
- Units stand in names. Numbers that are not whole are rounded to a thousandth. Times are RFC 3339 in UTC.
- Keys may be added within a version of the format, and words to its enumerations; a key is not taken away
  and does not change its meaning.
"""

RECORDINGS = f"""## Recordings

`--record FILE` writes what `ollama-top replay FILE` shows. The file is for its user alone (mode 0600); one
that is there and is no recording of that user's is left alone, and a recording is gone on with. It begins
with the line `{MAGIC.decode().strip()}`. Then come blocks, one a look:

| bytes | meaning |
|---|---|
| 1 | {WHOLE:#x} where a segment begins, plus the severity of the verdict: {_SEVERITIES} |
| 4 | length of the content, big-endian as all numbers |
| 8 | time of the look, in milliseconds since 1970 |
| 4 | CRC-32 of the 13 bytes before and of the content |
| ... | the content: a piece of a stream of raw deflate, flushed; its last bytes `00 00 ff ff` are left out |

A segment of {SEGMENT} looks is one stream. Inflated, each piece is a line of JSON of the format `{FRAMES}`:
the first of a segment has the names of all fields (`layout`) and all values (`frame`), the others what
changed since the one before (`change`, described in `ollama_top/model/difference.py`). A file is read up to
the first block that is not whole. Above {MOST_BYTES >> 20} MiB, or where much is older than {MOST_AGE_H:g}
hours, the oldest segments go.

Numbers are rounded to a thousandth, of the log the newest {MOST_LINES} lines are kept, and what looks like
a key, a token or a password is `{MASK}`.
"""

ON_FINDING = f"""### on_finding

The command is run for each finding that is a warning or worse, was seen at two looks in turn, and was not
there in the last {QUIET.seconds // 60} minutes. On its standard input it has one line: an object as in
`findings` of the JSON document, with `machine`, `server` and `taken_at` beside. One runs at a time, and of
several hosts one for each, for {LONGEST_S:g} seconds at the most; then it is ended with all that it started.
It has no terminal, and no variable that begins with `OLLAMA_TOP_`. What goes wrong is said on the screen.
With `--demo` and in a replay nothing is run.
"""

MISSING = """### missing

An object: the key is the JSON Pointer (RFC 6901) of a value that is null, the value says why.

| key | type | meaning |
|---|---|---|
| `why` | [Why](#why) | The kind of reason. |
| `hint` | text | One sentence for a person; its wording may change. |

```json
"missing": {"/models/0/runner_pid": {"why": "not_local", "hint": "the server is on another machine"}}
```

A `..._source` key is null together with the value that it speaks of, and has no entry of its own.
"""

WHAT_IF = f"""## The what-if document

`ollama-top what-if NAME=VALUE ... --json` prints one document: what a model's K/V cache would be under other
settings. It asks the server and changes nothing. The model is the one that is loaded, or the one that
`--model` names. Besides the keys below the document has `format` and `missing`, as above.

Sizes are worked out as the runners do it: they are exact where the model and its runner tell enough, and then
the least is the most. A range comes of an architecture of tomorrow, whose sliding windows are not known, or
of a step (`-ub`) that hangs on memory which cannot be read.

What can be tried, with or without its `OLLAMA_`: {", ".join(f"`{each}`" for each in NAMES)}.
"""

BURST = """## The burst document

`ollama-top burst --json` prints one document: what several requests sent at once measured, beside what is
configured. Besides the keys below it has `format` and `missing`, as above. The exit code is 0 where as many
are served at once as is configured, or as Ollama does by default; 1 where it is less; 2 where it could not
be measured. Prompts and answers are counted, and not kept. With `--against` it is another document:
[Comparison](#comparison).
"""

COMPARISON = """## Comparison

`ollama-top burst --against URL[=name][#model] ... --json` prints one document: the same bursts sent in turn
to Ollama and to servers that speak OpenAI's dialect, over several rounds.
"""

RECEIPT = """## The receipt of a change

`ollama-top set ... --json` and `ollama-top undo --json` print one document: what came of a change. With
`--plan` they print the plan alone, with the keys of [Plan](#plan) at the top. Besides the keys below it has
`format` and `missing`, as above. The exit code is 0 where the change is made and proven; 1 where it was
taken back; 2 where nothing was done; 3 where it could not be taken back, and `to_do` tells what is left.
`ollama-top history --json` lists the changes that are kept, each an [Entry](#entry), under `changes`.
"""

SWEEP = """## The sweep document

`ollama-top sweep --json` prints one document: what a server did under each combination of settings, and
which is best. The exit code is 0 with a recommendation; 1 where none is fit to
be recommended; 2 where nothing could be measured.

With `--own-server PATH` each combination is a start of `PATH serve` on a free port of this machine, with
these settings and none other of Ollama's but `OLLAMA_MODELS`, `OLLAMA_NOPRUNE=1`, which keeps it from
removing files of models, and `OLLAMA_NO_CLOUD=1`. Without, each is a change of the server, as `set` makes
it. One request loads the model, and bursts of 1, 2, 4 and so on follow, up to twice as many as it is meant
to serve at once. Where a start takes no longer than measuring once, the combinations take turns.

The best writes most tokens a second at some number at once, with all answered, 95 of 100 first pieces within
`ttft_limit_s`, and nothing spilled to RAM. What is slower by no more than repeats of the same lie apart, or
by 2 %, is a tie; of those the one is taken that sets the fewest variables otherwise than by default, and the
smallest values.
"""

DOCTOR = f"""## The doctor's document

`ollama-top doctor --json` prints one document when it has looked long enough (`--for S`): `format`, which is
`{FORMAT}`; `taken_at`, the time of the last look; `server`, the address; and `findings`, all that was found
meanwhile, [as above](#findings), the worst first.
"""

OF_OLLAMA = """What the server reads, and what the runners inherit from it. The page behind `e` and
`settings` in the JSON document tell how each stands: configured, running, effective.
"""

_EVENTS = {
    "hello": "The first line: `format`, and `proxy`, [the proxy itself](#proxy).",
    "exchange": "`exchange`, [a request and its reply](#exchange), and `missing`, as above: when it begins,"
    " when its answer begins, when it has ended. Told again, it takes the place of what was told before.",
    "ready": "All that there was has been told.",
    "moved": "`moved`: a list of `[id, pieces, bytes]` of the streamed answers that grow, once a second.",
    "proxy": "`proxy`, where that has changed, once a second at most.",
    "held": "`held`, [how a hold stands](#held): the answer to an order.",
    "refused": "`why`: an order that cannot be obeyed, or a feed that has too many readers.",
}

_ORDERS = {
    "hold SECONDS": f"Keep new requests back, for {LONGEST_HOLD_S:.0f} s at most; said again it moves that"
    " bound. What is under way goes on to its end. A client's next request waits in the proxy, and a"
    " connection to the server that ends meanwhile is not missed. One reader at a time: another is refused,"
    " and told who holds. Who holds is told no more of what passes.",
    "look": "Only the answer. When its `running` is 0, nothing is lost if the server ends; of the connections"
    " in `unheld` that is not known, and they are cut with the server.",
    "release": "Let everything go on, over new connections where those to the server are gone.",
    "release ADDRESS": "The same, to another address of the server, written as in OLLAMA_HOST: one of this"
    " machine, or with the host of the one before. Only the proxy's user, and root, may.",
    "stop": "Let go what runs, and end. Only the proxy's user, and root, may.",
}

PROFILES = """## Profiles

Named sets of values for Ollama's variables, in `~/.config/ollama-top/profiles.toml`
on Linux, elsewhere where such files lie:

```toml
# Comments, blanks, and what else you write stay as they are, to the byte.
[machine.5a36754106f249dca6c97625d7eca588]
name = "gpu-box"                 # for you: nothing goes by it

[machine.5a36754106f249dca6c97625d7eca588.profile.night]
OLLAMA_NUM_PARALLEL = 4          # text in quotes, a whole number, or true or false
OLLAMA_KEEP_ALIVE = ""           # takes the variable away
```

The id is made from the machine's own (`/etc/machine-id`, or the platform's UUID of a Mac), as systemd's
`sd_id128_get_machine_app_specific` makes one, and leads not back to it; `ollama-top config show` tells it.
A machine without an id goes by its host name, and that is said. So one file can be shared by several
machines, as a link into a folder of dotfiles. What belongs to `--demo` stands under `demo`.

A profile changes what it names, and nothing else. What stands in the file and cannot be used is named with
its line, and the rest goes on working; a file that is no TOML is named with the line and the nearest key,
and never written over. It is written by way of a temporary file, keeps its mode, and is not written if it
changed since it was read. `profile export` writes `[profile.NAME]` tables, and `profile import` takes them
up.
"""

SHELF = """`ollama-top profile list --json` prints this, besides `format` and `missing`, as above:
"""

COMPARED = """`ollama-top profile diff NAME --json` prints this; the exit code is 0 where all is the same, 1
where something differs, 2 where that is not known. `ollama-top profile show NAME --json` prints its `profile`
alone:
"""

OWN_SETTINGS = """## Own settings

`ollama-top config show --json` prints what holds of ollama-top's own settings, and who
says so:
"""

SETTINGS_FILE = """## Settings file

A file of TOML: `~/.config/ollama-top/config.toml` on Linux, elsewhere where such files lie, or the one
given with `--config`. An option of the command line goes before a variable of the environment, that before
the file, and in the file what stands in the table of this machine before what stands at the top;
`ollama-top config show --origin` tells which it was:

```toml
interval_s = 5                   # for every machine that shares this file

[machine.5a36754106f249dca6c97625d7eca588]
name = "gpu-box"                 # for you: nothing goes by it
interval_s = 1
```

`ollama-top config show` tells the id of this machine, which is that of [profiles](#profiles). An unknown
key or a wrong type is an error, told with its line; the tables of other machines are not looked into.
"""

FEED = f"""## The proxy's feed

`ollama-top proxy` tells what passes on a Unix socket: `proxy-ADDRESS-PORT.sock` in
`$XDG_RUNTIME_DIR/ollama-top`, or where `--feed` says; as a service of the system (`--unit`) in
`{SYSTEM_FOLDER}`. Only its owner can read it, with `--feed-group` the
members of a group too. Whoever connects is told everything, and then what changes, an event a line (JSON);
who reads too slowly is dropped. The format is `{feed_event.FORMAT}`. No word of a prompt or answer is in it.

| `event` | what it holds |
|---|---|
{chr(10).join(f"| `{event}` | {what} |" for event, what in _EVENTS.items())}

### Orders

A reader of the feed may write orders, a line each, as for a restart of the server that costs nobody a
request. Each is answered with `held` or `refused`. Everything held goes on when the time for it has passed,
and at once when the reader who holds is gone.

| order | what it does |
|---|---|
{chr(10).join(f"| `{order}` | {what} |" for order, what in _ORDERS.items())}
"""

METRICS_HEAD = """## Metrics

Names follow Prometheus's conventions: base units, `_total` for counters. `ollama-top serve --dashboard`
prints a dashboard for Grafana that shows both sets below.
"""

SERVE_METRICS = f"""### Of serve

`ollama-top serve` tells these at `/metrics` of 127.0.0.1:9436, or where `--metrics ADDR:PORT` says, and
`ollama-top show --prometheus` prints them once, as for node_exporter's textfile collector. What is missing is
left out, so that an alert on absence finds it; the JSON document has the reason. `model` has at most
{MOST_MODELS} values at a time, of models in memory.

It looks every {OF_SERVE_S:g} s (`--interval`) as long as somebody reads. After
{watching.IDLE_AFTER_S / 60:g} minutes without a reader it rests, and asks nobody anything; the next reader
waits for a new look, up to {watching.WAIT_S:g} s, and else gets 503 with the reason, never an old look. At
most {page.MOST_AT_ONCE} read at once. A reader has to call the machine by an address of it or of a private
network, by `localhost`, by its own name, or by one that `--allow-host` lists.
"""

PROXY_METRICS = f"""### Of the proxy

`ollama-top proxy --metrics ADDR:PORT` serves these at `/metrics`, to readers that call the machine by the
same names. `model` has at most {MOST_MODELS} values, of models that were answered for; the others are
`other`.
"""
