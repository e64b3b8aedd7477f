"""One group of processes for each lab, so that what its containers leave in /sys/fs/cgroup is known and removed."""

import contextlib
import time
from pathlib import Path

_TIMEOUT = 20.0  # seconds until the kernel has let go of processes that were killed


def hierarchies() -> list[Path]:
    """Where groups are made: one place with version 2, one for each controller with version 1."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [Path(mount[1]) for mount in mounts if mount[2] in ("cgroup", "cgroup2")]


def make(name: str) -> None:
    for hierarchy in hierarchies():
        (hierarchy / name).mkdir(exist_ok=True)


def remove(name: str) -> None:
    """The group and all below it; TimeoutError if there are still processes."""
    deadline = time.monotonic() + _TIMEOUT
    while left := [path for path in (hierarchy / name for hierarchy in hierarchies()) if not _removed(path)]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"there are processes in {', '.join(map(str, left))}")
        time.sleep(0.05)


def _removed(group: Path) -> bool:
    if group.exists():
        below = [path for path in group.rglob("*") if path.is_dir()]
        for path in [*sorted(below, key=lambda path: -len(path.parts)), group]:
            with contextlib.suppress(OSError):
                path.rmdir()
    return not group.exists()
