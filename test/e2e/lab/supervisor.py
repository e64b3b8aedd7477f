"""
`python -m e2e.lab.supervisor FOLDER [detached]`: holds a lab, and puts away what the kernel does not when it ends.
It ends at SIGTERM, with the lab, and, unless it is detached, when standard input closes.
"""

import contextlib
import ctypes
import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from . import cgroups

# kubelet and the network plugins write there whatever one tells them; in the lab something else is mounted over it.
MOUNT_POINTS = ("/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers")
# Of a lab that has ended: what the components and the pods said.
_KEPT = ("logs", "pods", "supervisor", "supervisor.log")
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


def main() -> int:
    folder, detached = Path(sys.argv[1]), sys.argv[2:] == ["detached"]
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    group = f"helenus-e2e-{os.getpid()}"
    with _only_one(folder), _mount_points(), _cgroup(group):
        process = subprocess.Popen(_machine(folder, group), stdin=subprocess.DEVNULL)
        try:
            (folder / "machine").write_text(str(process.pid))
            _wait(process, detached, stopping)
        finally:
            process.kill()
            _wait_for_all()
            _tidy(folder)
    return 0


def _machine(folder: Path, group: str) -> list[str]:
    """`unshare` ends with us, and the first process in the namespaces, with which all others end, with `unshare`."""
    ours = ["setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child"]
    ours += ["--mount-proc", "--propagation", "private"]
    return [*ours, sys.executable, "-m", "e2e.lab.init", str(folder), group]


def _wait(process: "subprocess.Popen[bytes]", detached: bool, stopping: list[int]) -> None:
    while process.poll() is None and not stopping:
        if select.select([] if detached else [sys.stdin], [], [], 0.2)[0] and not os.read(0, 4096):
            return


def _wait_for_all() -> None:
    """The first process of the namespaces becomes our child, and is gone when all in them are."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _tidy(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name in _KEPT:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    with open(folder / "supervisor", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextlib.contextmanager
def _cgroup(name: str) -> Iterator[None]:
    cgroups.make(name)
    try:
        yield
    finally:
        cgroups.remove(name)


@contextlib.contextmanager
def _mount_points() -> Iterator[None]:
    """
    The last lab to end removes what was made for any of them: a folder that is removed takes along what other labs
    have mounted there.
    """
    with open(Path(tempfile.gettempdir()) / "helenus-e2e-mount-points", "a+") as book:
        fcntl.flock(book, fcntl.LOCK_SH)
        for path in MOUNT_POINTS:
            if not Path(path).exists():
                Path(path).mkdir(parents=True, exist_ok=True)
                book.write(path + "\n")
        book.flush()
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):  # there is another lab
                fcntl.flock(book, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove_folders(book)


def _remove_folders(book: IO[str]) -> None:
    book.seek(0)
    for path in book.read().splitlines():
        with contextlib.suppress(OSError):  # somebody else uses it by now
            Path(path).rmdir()
    book.truncate(0)


if __name__ == "__main__":
    sys.exit(main())
