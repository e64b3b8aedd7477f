"""`./dev lab`, as people use it."""

import contextlib
import os
import subprocess
import tempfile
import time
from pathlib import Path

from e2e.lab import cgroups
from e2e.lab.paths import LABS_FOLDER, REPOSITORY

_TIMEOUT = 600.0  # seconds; a busy machine is slow


class Lab:
    """One beside that of the other tests."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=time.strftime("%Y%m%d-%H%M%S-"), dir=LABS_FOLDER))

    def run(self, *words: str, exit_code: int = 0) -> str:
        command = [str(REPOSITORY / "dev"), "lab", f"--folder={self.folder}", *words]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TIMEOUT)
        said = done.stdout + done.stderr
        assert done.returncode == exit_code, said
        return said

    def network(self) -> str:
        return _network((self.folder / "machine").read_text())


def _network(process: str) -> str:
    with contextlib.suppress(OSError):  # it has ended
        return os.readlink(f"/proc/{process}/ns/net")
    return ""


def _processes_on(network: str) -> list[str]:
    return [process for process in os.listdir("/proc") if process.isdigit() and _network(process) == network]


def _mounts() -> set[str]:
    return set(Path("/proc/self/mountinfo").read_text().splitlines())


def _groups() -> set[Path]:
    """Of the processes of labs."""
    return {group for hierarchy in cgroups.hierarchies() for group in hierarchy.glob("helenus-e2e-*")}


def test_a_lab_for_people_goes_up_takes_commands_and_leaves_nothing() -> None:
    LABS_FOLDER.mkdir(parents=True, exist_ok=True)
    lab, mounts, groups = Lab(), _mounts(), _groups()
    try:
        assert "Kubernetes is ready" in lab.run("up")
        assert "there is a lab in" in lab.run("up", exit_code=1)
        assert lab.run("sh", "kubectl", "get", "nodes", "-o", "name") == "node/node0\n"
        assert lab.run("sh", "sh", "-c", "exit 7", exit_code=7) == ""
        network = lab.network()
        assert len(_processes_on(network)) > 1 and _groups() > groups
    finally:
        lab.run("down")
    assert _processes_on(network) == []
    assert _groups() == groups and _mounts() == mounts
    assert {path.name for path in lab.folder.iterdir()} <= {"logs", "pods", "supervisor", "supervisor.log"}
    assert "start one with `./dev lab up`" in lab.run("sh", "true", exit_code=1)
    assert lab.run("down") == ""
