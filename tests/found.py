"""Findings written by hand, and scenes whose findings and verdict are the doctor's own."""

from collections.abc import Callable
from typing import Any

import frames

from ollama_top.doctor.examine import examine
from ollama_top.doctor.verdict import judge
from ollama_top.model.finding import Confidence, Finding
from ollama_top.model.frame import Frame
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source
from ollama_top.model.setting import SettingStatus
from ollama_top.model.verdict import Severity

Scene = Callable[[], Frame]
N, L, Q, K = "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE", "OLLAMA_KEEP_ALIVE"


def finding(
    check: str = "overridden",
    severity: Severity = Severity.WARNING,
    title: str = "OLLAMA_HOST=a has no effect",
    **changes: Any,
) -> Finding:
    """A finding with nothing to say but its title."""
    plain = {"subject": "", "confidence": Confidence.ONCE, "cause": "So it is.", "evidence": ()}
    rest = {"fix": None, "settle": None}
    return Finding(**{"id": check, "severity": severity, "title": title, **plain, **rest, **changes})


def examined(**changes: Any) -> Frame:
    """A Frame of which the doctor says all there is to say; keywords are fields of its Snapshot."""
    plain = frames.frame(**changes)
    findings = examine(plain.snapshot, History()).findings
    return Frame(plain.snapshot, findings, judge(plain.snapshot, findings), History())


def unset() -> Frame:
    """A service that nobody gave any variable, with a model that answers."""
    names = (N, L, Q)
    return examined(
        settings=tuple(frames.setting(each, **TEXTS[each]) for each in names),
        service=frames.service(),
        models=(frames.model(parallel=Known(1, Source.ARGV)),),
        slots=(frames.slot(0),),
        gpus=(frames.gpu(0, 1.4),),
    )


def pending() -> Frame:
    """A file dropped in after the start, beside a value that cannot be read and one of the shell's."""
    said = (frames.said(N, "4"), frames.said(Q, "many"))
    settings = (
        frames.setting(N, configured="4", status=SettingStatus.PENDING, **TEXTS[N]),
        frames.setting(L, "2", "2", SettingStatus.SET, **TEXTS[L]),
        frames.setting(Q, "many", "many", SettingStatus.IGNORED, **(TEXTS[Q] | {"note": MANY})),
        frames.setting(K, status=SettingStatus.SHELL_ONLY, shell=Known("24h", Source.PROCESSES), **TEXTS[K]),
    )
    just_now = Known(frames.NOW, Source.SERVICE)
    return examined(
        settings=settings,
        service=frames.service(*said, changed_at=just_now, needs_reload=True),
        models=(frames.model(parallel=Known(1, Source.ARGV)),),
        slots=(frames.slot(0),),
        gpus=(frames.gpu(0, 1.4),),
    )


MANY = "'many' is no whole number: Ollama warns in its log and takes the default"
TEXTS: dict[str, dict[str, Any]] = {
    N: {
        "effect": "Requests that each loaded model serves at once.",
        "cost": "A K/V cache for each, so memory grows with it; models are loaded anew.",
        "effective": Known("1", Source.ARGV),
    },
    L: {
        "effect": "Models kept in memory at once.",
        "default": "automatic: 3 for each GPU, 3 without",
        "effective": Known("automatic: 3 for each GPU, 3 without", Source.PREDICTED),
    },
    Q: {
        "effect": "Requests that may wait for a model to be loaded; one more is refused as busy (503).",
        "default": "512",
        "effective": Known("512", Source.PREDICTED),
    },
    K: {
        "effect": "How long a model stays in memory after its last request that does not say.",
        "default": "5m",
        "effective": Known("5m", Source.PREDICTED),
    },
}
"""What is declared of each variable, in the words of the release that the scenes are of."""
