"""`python -m e2e.lab.init FOLDER CGROUP`: the first process of the private machine. It starts Kubernetes in it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from lab.node_log import wait_until

from . import addons, images
from .kubernetes import Kubernetes
from .programs import build_programs
from .settings import ADDRESS, CONTAINERD, NODE, SERVICES, Files, commands, write
from .supervisor import MOUNT_POINTS

_TIMEOUT = 300.0  # seconds; a busy machine is slow
# kubelet sets them for the whole machine unless it finds them so; it shall find them so, and the machine keep its own.
_WISHES_OF_KUBELET = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}


class Components:
    """What runs until the end of the lab. The lab ends if one of them does."""

    def __init__(self, files: Files):
        self._files = files
        self._commands = commands(files)
        self._names: dict[int, str] = {}

    def start(self, *names: str) -> None:
        for name in names:
            with open(self._files.log(name), "ab") as log:
                words = self._commands[name]
                process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            process.returncode = 0  # whose end is waited for below, not by this object
            self._names[process.pid] = name

    def check_alive(self) -> None:
        """SystemExit if one has ended; takes leave of what containers left behind, as the first process has to."""
        while True:
            pid, status = _ended()
            if pid == 0:
                return
            if pid in self._names:
                how = os.waitstatus_to_exitcode(status)
                raise SystemExit(f"{self._names[pid]} ended with {how}:\n{_tail(self._files.log(self._names[pid]))}")


def main() -> int:
    files, group = Files(Path(sys.argv[1])), sys.argv[2]
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _mount()
    _make_network()
    write(files, group)
    _make_key(files)
    components = Components(files)
    kubernetes = Kubernetes(files)
    programs = build_programs()
    components.start("containerd", "etcd", "kube-apiserver")
    wait_until("containerd to answer", Path(CONTAINERD).exists, _TIMEOUT, components.check_alive)
    for archive in images.of_cluster(programs):
        _run("ctr", "-n", "k8s.io", "images", "import", str(archive))
    wait_until("the API server to be ready", kubernetes.is_ready, _TIMEOUT, components.check_alive)
    components.start("kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")
    system = "/api/v1/namespaces/kube-system"
    wait_until("the namespace of the system", lambda: kubernetes.find(system) is not None, _TIMEOUT, components.check_alive)
    kubernetes.apply(*addons.dns())
    for what, is_true in (
        ("the node to be ready", lambda: kubernetes.condition(f"/api/v1/nodes/{NODE}", "Ready")),
        ("the account of pods", lambda: kubernetes.find("/api/v1/namespaces/default/serviceaccounts/default") is not None),
        ("names to be looked up", lambda: kubernetes.condition(addons.DNS_PATH, "Available")),
    ):
        wait_until(what, is_true, _TIMEOUT, components.check_alive)
    files.ready.touch()
    while True:
        components.check_alive()
        time.sleep(0.2)


def _mount() -> None:
    for path in ("/run", *MOUNT_POINTS):
        _run("mount", "-t", "tmpfs", "tmpfs", path)
    for folder in ("/run/netns", "/run/sysctl", "/run/lock"):
        Path(folder).mkdir()
    for name, value in _WISHES_OF_KUBELET.items():
        file = Path("/run/sysctl") / name.replace("/", ".")
        file.write_text(value + "\n")
        _run("mount", "--bind", str(file), f"/proc/sys/{name}")


def _make_network() -> None:
    """A bridge as the node's own interface (kernels may lack dummy devices), with a way to the Services for itself."""
    for words in (
        "link set lo up",
        "link add node0 type bridge",
        f"addr add {ADDRESS}/24 dev node0",
        "link set node0 up",
        f"route add {SERVICES} dev node0",
    ):
        _run("ip", *words.split())
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1\n")


def _make_key(files: Files) -> None:
    """What the tokens of pods are signed with."""
    key, public = files.folder / "pki" / "accounts.key", files.folder / "pki" / "accounts.pub"
    _run("openssl", "genrsa", "-out", str(key), "2048")
    _run("openssl", "rsa", "-in", str(key), "-pubout", "-out", str(public))


def _run(*words: str) -> None:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")


def _ended() -> tuple[int, int]:
    try:
        return os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return 0, 0


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


if __name__ == "__main__":
    sys.exit(main())
