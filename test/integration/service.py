"""The daemon as its users see it: a configuration, a process, a REST interface."""

import contextlib
import json
import os
import random
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Daemon, Helenus

Ports = tuple[int, int]  # application, admin


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    location: str | None
    retry_after: str | None = None

    def json(self) -> Any:
        return json.loads(self.body)


class Rest:
    """The application port of a daemon."""

    def __init__(self, port: int):
        self._base = f"http://127.0.0.1:{port}"

    def call(self, method: str, path: str, **query: object) -> Answer:
        url = path if path.startswith("http") else self._base + path
        if query:
            url += "?" + urllib.parse.urlencode(query)
        return self._send(urllib.request.Request(url, method=method, headers={"Accept": "application/json"}))

    def send_form(self, method: str, path: str, **fields: object) -> Answer:
        body = urllib.parse.urlencode(fields).encode()
        return self._send(urllib.request.Request(self._base + path, method=method, data=body))

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=STEP_TIMEOUT) as reply:
                return Answer(reply.status, reply.read().decode(), reply.headers["Location"])
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.read().decode(), None, refusal.headers["Retry-After"])

    def run(self, run_id: str) -> Any:
        return self.call("GET", f"/repair_run/{run_id}").json()

    def segments(self, run_id: str) -> Any:
        return self.call("GET", f"/repair_run/{run_id}/segments").json()

    def is_done(self, run_id: str) -> bool:
        """False also while storage is missing."""
        answer = self.call("GET", f"/repair_run/{run_id}")
        return answer.status == 200 and bool(answer.json()["state"] == "DONE")

    def wait_until_waiting(self, run_id: str) -> dict[str, Any]:
        """What the run waits for: not at each moment something."""
        found: list[dict[str, Any]] = []

        def is_told() -> bool:
            answer = self.call("GET", f"/repair_run/{run_id}", waiting="true")
            found[:] = [answer.json()["waiting"]] if answer.status == 200 and answer.json().get("waiting") else []
            return bool(found)

        wait_until("the run to tell what it waits for", is_told, RUN_TIMEOUT)
        return found[0]

    def register(self, seed: str) -> str:
        """The cluster of a node, which is a new one; its name."""
        answer = self.call("POST", "/cluster", seedHost=seed)
        assert answer.status == 201 and answer.location, answer.body
        return urllib.parse.unquote(answer.location.rsplit("/", 1)[1])

    def start_run(self, cluster_name: str, keyspace: str, **more: object) -> str:
        """A run that goes on; its id."""
        made = self.call("POST", "/repair_run", clusterName=cluster_name, keyspace=keyspace, owner="test", **more)
        assert made.status == 201, made.body
        run_id = str(made.json()["id"])
        assert self.set_state(run_id, "RUNNING") == 200
        return run_id

    def set_state(self, run_id: str, state: str) -> int:
        return self.call("PUT", f"/repair_run/{run_id}/state/{state}").status

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError):
            return self.call("GET", "/readyz").status == 200
        return False

    def status(self) -> str:
        """Empty as long as nobody listens."""
        with contextlib.suppress(OSError):
            return self.call("GET", "/status").body
        return ""


_given: set[int] = set()
# Of the processes that pytest-xdist shares the tests out to: each has ports of its own.
_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def free_port() -> int:
    """Never given twice, and none that the system takes for a connection meanwhile."""
    while True:
        port = random.randrange(12_000 + _process, 32_000, _processes)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


def free_ports() -> Ports:
    return free_port(), free_port()


def configure(folder: Path, ports: Ports, *, grace: str = "2s", **more: object) -> Path:
    """A configuration file of a daemon that keeps its state in `folder`. `more` is more of its YAML."""
    file = folder / "helenus.yaml"
    server = {
        "shutdownGracePeriod": grace,
        "applicationConnectors": [{"port": ports[0], "bindHost": "127.0.0.1"}],
        "adminConnectors": [{"port": ports[1], "bindHost": "127.0.0.1"}],
    }
    file.write_text(json.dumps({"persistenceStoragePath": str(folder / "state"), "server": server} | more))
    return file


def start(helenus: Helenus, file: Path, ports: Ports, *wrapper: str) -> Daemon:
    """Starts a daemon; both ports listen."""
    daemon = helenus.start("serve", str(file), wrapper=wrapper)
    for port in ports:
        daemon.wait_for_port("127.0.0.1", port)
    return daemon


def wait_until_ready(ports: Ports) -> None:
    wait_until("the daemon is ready", Rest(ports[0]).is_ready, STEP_TIMEOUT)


def ask(port: int, path: str) -> tuple[int, str]:
    """Status and body, whatever its type."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=STEP_TIMEOUT) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


class Service:
    """
    A daemon with its state in a folder; it can be killed and started again. `wrapper` is a command that starts it,
    `settings` are those of configure().
    """

    def __init__(
        self, helenus: Helenus, folder: Path, *, get_ready: bool = True, wrapper: Sequence[str] = (), **settings: object
    ):
        self._helenus = helenus
        self._wrapper = wrapper
        self.folder = folder
        self.ports = free_ports()
        self._file = configure(folder, self.ports, **settings)
        self.rest = Rest(self.ports[0])
        self.daemon = self.start(get_ready)

    def start(self, get_ready: bool = True) -> Daemon:
        self.daemon = self._helenus.start("serve", str(self._file), wrapper=self._wrapper)
        if get_ready:
            self.wait_until_ready(STEP_TIMEOUT)
        return self.daemon

    def wait_until_ready(self, timeout: float) -> None:
        wait_until("the daemon is ready", self.rest.is_ready, timeout, self.daemon.check_runs)
