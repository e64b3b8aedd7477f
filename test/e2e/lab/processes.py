"""Processes of containers, as this machine sees them: killed from here, nobody inside can prepare for it."""

import contextlib
import os
import signal
from pathlib import Path
from typing import Any


def kill_containers(*statuses: dict[str, Any]) -> None:
    """SIGKILL for every process of containers with these statuses, all at once; at least one each, or AssertionError."""
    found = [processes_of(status) for status in statuses]
    assert all(found), [status["name"] for status in statuses]
    for process in sum(found, []):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def processes_of(status: dict[str, Any]) -> list[int]:
    """Those of one container, by its status in a pod."""
    identity = status.get("containerID", "").rpartition("/")[2]
    return [process for process in _all() if identity and identity in _groups(process)]


def processes_of_pod(uid: str, name: str = "") -> list[int]:
    """Those of all its containers, or of those only that are called so."""
    return [process for process in _all() if f"pod{uid}" in _groups(process) and name in ("", _name(process))]


def _all() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]


def _groups(process: int) -> str:
    with contextlib.suppress(OSError):  # it has ended
        return Path(f"/proc/{process}/cgroup").read_text()
    return ""


def _name(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text().strip()
    return ""
