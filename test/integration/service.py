"""The daemon as its users see it: a configuration, a process, a REST interface."""

import contextlib
import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.node_log import wait_until
from programs import Daemon, Helenus


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    location: str | None

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
        request = urllib.request.Request(url, method=method, headers={"Accept": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return Answer(reply.status, reply.read().decode(), reply.headers["Location"])
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, refusal.read().decode(), None)

    def run(self, run_id: str) -> Any:
        return self.call("GET", f"/repair_run/{run_id}").json()

    def segments(self, run_id: str) -> Any:
        return self.call("GET", f"/repair_run/{run_id}/segments").json()

    def set_state(self, run_id: str, state: str) -> int:
        return self.call("PUT", f"/repair_run/{run_id}/state/{state}").status

    def is_ready(self) -> bool:
        with contextlib.suppress(OSError):
            return self.call("GET", "/ready").status == 200
        return False

    def status(self) -> str:
        """Empty as long as nobody listens."""
        with contextlib.suppress(OSError):
            return self.call("GET", "/status").body
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """A daemon with its state in a folder; it can be killed and started again. `settings` are more of its YAML."""

    def __init__(self, helenus: Helenus, folder: Path, *, get_ready: bool = True, **settings: object):
        self._helenus = helenus
        self.ports = (free_port(), free_port())
        self._file = folder / "helenus.yaml"
        self._file.write_text(
            json.dumps(
                {
                    "persistenceStoragePath": str(folder / "state"),
                    "server": {
                        "shutdownGracePeriod": "2s",
                        "applicationConnectors": [{"port": self.ports[0], "bindHost": "127.0.0.1"}],
                        "adminConnectors": [{"port": self.ports[1], "bindHost": "127.0.0.1"}],
                    },
                }
                | settings
            )
        )
        self.rest = Rest(self.ports[0])
        self.daemon = self.start(get_ready)

    def start(self, get_ready: bool = True) -> Daemon:
        self.daemon = self._helenus.start("serve", str(self._file))
        if get_ready:
            wait_until("the daemon is ready", self.rest.is_ready, timeout=30)
        return self.daemon
