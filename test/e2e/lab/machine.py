"""A private machine: namespaces of mounts, processes and network in which Kubernetes runs, and which end all at once."""

import fcntl
import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab.cache import Progress, silent
from lab.node_log import NodeLog, wait_until

from .namespaces import NetworkVisit
from .paths import PYTHON_PATH, REPOSITORY
from .programs import Programs, build_programs
from .settings import CONTAINERD, Files

_START_TIMEOUT = 900.0  # seconds; the parts of the start have limits of their own
_STOP_TIMEOUT = 60.0


class Machine:
    """
    A lab in a folder of its own. `start(detached=False)` ends it at the latest with this process, however that ends;
    a detached one stays until somebody calls `stop`, perhaps from another process.
    """

    def __init__(self, folder: Path, progress: Progress = silent):
        self.files = Files(folder)
        self._progress = progress
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._visit: NetworkVisit | None = None

    @functools.cached_property
    def programs(self) -> Programs:
        return build_programs(self._progress)

    def start(self, *, detached: bool) -> None:
        """Returns when pods can be started and names be looked up."""
        if os.geteuid() != 0:
            raise RuntimeError("the lab makes namespaces, mounts and groups of processes: it has to be started by root")
        if self.is_running():
            raise RuntimeError(f"there is a lab in {self.files.folder} already")
        search_path = self.programs.search_path()
        shutil.rmtree(self.files.folder, ignore_errors=True)
        self.files.folder.mkdir(parents=True)
        began = time.monotonic()
        self._progress(f"starting Kubernetes in {self.files.folder}")
        self._supervisor = self._launch(search_path, detached)
        try:
            wait_until("Kubernetes to be ready", self.files.ready.exists, _START_TIMEOUT, self._check_alive)
        except BaseException:
            self.stop()
            raise
        self._progress(f"Kubernetes is ready after {time.monotonic() - began:.1f} s")

    def stop(self) -> None:
        """Ends all of it: every process, mount and network of the lab. Its logs stay. May be called again."""
        self.leave_network()
        if self._supervisor:
            if self._supervisor.stdin:
                self._supervisor.stdin.close()
            self._supervisor.terminate()
            self._supervisor.wait(_STOP_TIMEOUT)
            self._supervisor = None
        elif self.is_running():
            os.kill(self._supervisor_pid(), signal.SIGTERM)
            wait_until("the lab to end", lambda: not self.is_running(), _STOP_TIMEOUT)

    def is_running(self) -> bool:
        """Its supervisor holds a lock as long as it lives."""
        lock = self.files.folder / "supervisor"
        if not lock.exists():
            return False
        with open(lock) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def command(self, words: Sequence[str]) -> list[str]:
        """`words` as a command inside, in this working folder."""
        of = f"/proc/{self._machine_pid()}/ns"
        enter = ["nsenter", f"--mount={of}/mnt", f"--net={of}/net", f"--pid={of}/pid_for_children", "--"]
        search_path = f"PATH={self.programs.search_path()}:{os.environ['PATH']}"
        variables = ["env", search_path, f"KUBECONFIG={self.files.kubeconfig}", f"CONTAINERD_ADDRESS={CONTAINERD}"]
        # nsenter starts in the root of the other namespace.
        return [*enter, *variables, "sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", os.getcwd(), *words]

    def run(self, *words: str, timeout: float = 120.0, stdin: str = "") -> str:
        """A command inside, to its end; what it says."""
        done = subprocess.run(
            self.command(words), input=stdin, capture_output=True, text=True, timeout=timeout
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def import_image(self, archive: Path) -> None:
        """Makes the images of an OCI archive known to the node."""
        self.run("ctr", "-n", "k8s.io", "images", "import", str(archive))

    def enter_network(self) -> None:
        """From now on this thread, and what it starts, is on the lab's network: pods and Services can be reached."""
        self._visit = NetworkVisit(Path(f"/proc/{self._machine_pid()}/ns/net"))

    def leave_network(self) -> None:
        if self._visit:
            self._visit.end()
            self._visit = None

    def _launch(self, search_path: str, detached: bool) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "e2e.lab.supervisor", str(self.files.folder)]
        environment = os.environ | {
            "PYTHONPATH": PYTHON_PATH,
            "PATH": f"{search_path}:{os.environ['PATH']}:/usr/sbin",
        }
        with open(self.files.folder / "supervisor.log", "ab") as log:
            return subprocess.Popen(
                [*command, "detached"] if detached else command,
                stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
                stdout=log, stderr=log, env=environment, cwd=REPOSITORY, start_new_session=True,
            )  # fmt: skip

    def _check_alive(self) -> None:
        if self._supervisor and self._supervisor.poll() is not None:
            said = NodeLog(self.files.folder / "supervisor.log").last_lines(40)
            raise RuntimeError(f"the lab ended while it started; see {self.files.folder / 'logs'}\n{said}")

    def _supervisor_pid(self) -> int:
        return int((self.files.folder / "supervisor").read_text())

    def _machine_pid(self) -> int:
        """The process that is in the namespaces without being of them."""
        if not self.is_running():
            raise RuntimeError(f"there is no lab in {self.files.folder}: start one with `./dev lab up`")
        return int((self.files.folder / "machine").read_text())
