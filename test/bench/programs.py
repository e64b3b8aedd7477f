"""The programs that are measured."""

import contextlib
import http.client
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HELENUS = os.environ.get("HELENUS_BINARY", str(ROOT / "build/release/helenus"))
IN_PROCESS = str(pathlib.Path(HELENUS).parent / "test/bench/helenus_bench")

_TIMEOUT = 300.0  # seconds: planning and storing 64,000 segments on a busy machine


class Daemon:
    """`helenus serve`, its state in a folder of its own, or where `storage` says (lines of its YAML)."""

    def __init__(self, folder: pathlib.Path, log_level: str, storage: str):
        self.port, self.admin_port = _free_ports(2)
        self._configuration = folder / "helenus.yaml"
        self._configuration.write_text(
            f"{storage or _in_file(folder)}"
            f"logging:\n  level: {log_level}\n"
            f"server:\n"
            f"  applicationConnectors: [{{type: http, port: {self.port}, bindHost: 127.0.0.1}}]\n"
            f"  adminConnectors: [{{type: http, port: {self.admin_port}, bindHost: 127.0.0.1}}]\n"
        )
        self._log = open(folder / "log", "w")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [HELENUS, "serve", str(self._configuration)]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log, text=True)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(30)
            self._process = None
        self._log.flush()

    def log_lines(self) -> list[str]:
        return pathlib.Path(self._log.name).read_text().splitlines()

    def request(self, method: str, path: str, *, admin: bool = False) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port if admin else self.port, timeout=_TIMEOUT)
        with contextlib.closing(connection):
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read()

    def wait_until_ready(self, deadline: float = 30.0) -> None:
        """Until requests that need storage are answered."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if self.request("GET", "/cluster")[0] == 200:
                    return
            time.sleep(0.02)
        raise RuntimeError(f"helenus was not ready within {deadline} s; see {self._log.name}")

    def must(self, method: str, path: str) -> bytes:
        status, body = self.request(method, path)
        if status not in (200, 201, 204):
            raise RuntimeError(f"{method} {path} -> {status}: {body.decode(errors='replace')}")
        return body

    def must_json(self, method: str, path: str) -> dict[str, Any]:
        return dict(json.loads(self.must(method, path)))

    def metric(self, name: str) -> float:
        """The value of a metric without labels."""
        _, body = self.request("GET", "/metrics", admin=True)
        for line in body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise RuntimeError(f"no metric {name}")

    def memory_mib(self, what: str = "VmRSS") -> float:
        """VmRSS, the resident memory now, or VmHWM, its peak."""
        assert self._process
        for line in pathlib.Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"no {what}")


@contextlib.contextmanager
def daemon(log_level: str = "WARN", storage: str = "") -> Iterator[Daemon]:
    with tempfile.TemporaryDirectory(prefix="helenus-bench-") as folder:
        made = Daemon(pathlib.Path(folder), log_level, storage)
        try:
            yield made
        finally:
            made.stop()


def _in_file(folder: pathlib.Path) -> str:
    return f"storageType: sqlite\npersistenceStoragePath: {folder / 'state'}\n"


def repair(seed: str, keyspace: str, *arguments: str, timeout: float) -> tuple[list[dict[str, Any]], float]:
    """`helenus repair`: what it told, each with `at` (seconds since exec), and how long it took."""
    command = [HELENUS, "repair", seed, "--keyspace", keyspace, "--json", *arguments]
    began = time.monotonic()
    events = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        watchdog = threading.Timer(timeout, process.kill)
        watchdog.start()
        for line in process.stdout:
            events.append(json.loads(line) | {"at": time.monotonic() - began})
        watchdog.cancel()
    took = time.monotonic() - began
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {events[-1:]}")
    return events, took


def migrate(configuration: str) -> tuple[float, list[str]]:
    """`helenus migrate`: how long it took, and its lines."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(configuration)
        file.flush()
        command = [HELENUS, "migrate", file.name, "--replication", "auto"]
        began = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return time.monotonic() - began, done.stdout.splitlines()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
