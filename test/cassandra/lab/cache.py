"""Where downloads live, and how several builders share them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

CASSANDRA_FOLDER = Path(__file__).resolve().parent.parent
REPOSITORY = CASSANDRA_FOLDER.parent.parent

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """The progress of those who do not want to hear."""


def cache_folder() -> Path:
    """HELENUS_CASSANDRA_CACHE, or `build/cassandra` of this repository. May be shared by many users."""
    folder = Path(os.environ.get("HELENUS_CASSANDRA_CACHE") or REPOSITORY / "build" / "cassandra")
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextlib.contextmanager
def file_lock(path: Path, progress: Progress = silent) -> Iterator[None]:
    """Holds an exclusive lock; the kernel gives it back if we die."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress(f"waiting for another process that holds {path.name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_once(target: Path, build: Callable[[Path], None], progress: Progress = silent) -> Path:
    """
    Returns `target`, made by `build(draft)` if it is not there yet. Only one process builds, and the target
    appears complete or not at all. `draft` is a path that does not exist; a file or a folder may be put there.
    """
    if target.exists():
        return target
    with file_lock(target.parent / f".{target.name}.lock", progress):
        if target.exists():
            return target
        workspace = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            draft = workspace / target.name
            build(draft)
            draft.rename(target)
        finally:
            shutil.rmtree(workspace, ignore_errors=True)
    return target
