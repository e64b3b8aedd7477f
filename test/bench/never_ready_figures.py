"""Sidecars whose Cassandra never comes."""

import contextlib
import os
import socketserver
import threading
import time
from collections.abc import Iterator

from figure import Figure
from programs import Daemon, daemon

_MINUTES = float(os.environ.get("NEVER_READY_MINUTES", "30"))
_SETTLED = min(60.0, 30 * _MINUTES)  # seconds: a minute, or half of a shorter time
_PROBES = ("/healthcheck", "/livez", "/readyz", "/startupz")
_PROBE_TIMEOUT = 1.0  # seconds: Kubernetes' default
_NOBODY, _SILENT = "127.0.250.1", "127.0.250.2"


def never_ready() -> Iterator[Figure]:
    """Two at once: where nobody listens, and where somebody does and never says a word."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_silence())
        sidecars = [
            _Sidecar(how, stack.enter_context(daemon("INFO", _beside(host))))
            for how, host in (("refused", _NOBODY), ("silent", _SILENT))
        ]
        end = time.monotonic() + 60 * _MINUTES
        while time.monotonic() < end:
            time.sleep(1)
            for sidecar in sidecars:
                sidecar.look()
        for sidecar in sidecars:
            yield from sidecar.figures()


class _Sidecar:
    """Asked again and again how it is."""

    def __init__(self, name: str, helenus: Daemon):
        self._name, self._helenus = name, helenus
        self._asked = self._failed = 0
        self._slowest = 0.0  # seconds
        self._memory: list[float] = []  # MiB, of when it is settled
        self._told = 0  # bytes of its log until then
        helenus.start()
        self._began = time.monotonic()

    def look(self) -> None:
        for admin in (False, True):
            for path in _PROBES:
                self._probe(path, admin)
        if time.monotonic() - self._began < _SETTLED:
            self._told = self._log_size()
        else:
            self._memory.append(self._helenus.memory_mib())

    def _probe(self, path: str, admin: bool) -> None:
        began = time.monotonic()
        status = 0
        with contextlib.suppress(OSError):
            status, _ = self._helenus.request("GET", path, admin=admin)
        took = time.monotonic() - began
        self._asked += 1
        self._failed += status != 200 or took > _PROBE_TIMEOUT
        self._slowest = max(self._slowest, took)

    def figures(self) -> Iterator[Figure]:
        took = time.monotonic() - self._began
        note = f"of {self._asked} in {took / 60:.0f} min; the slowest {self._slowest * 1000:.1f} ms"
        yield Figure(f"{self._name}-probes", self._failed, 0, "", note)
        first, last = self._memory[0], self._memory[-1]
        note = f"from {first:.2f} to {last:.2f}, at most {max(self._memory):.2f}"
        yield Figure(f"{self._name}-rss", last - first, 1, "MiB", note)
        more = (self._log_size() - self._told) / 1024
        note = f"an hour, after {self._told} bytes in the first {_SETTLED:.0f} s"
        yield Figure(f"{self._name}-log", more * 3600 / (took - _SETTLED), 8, "KiB", note)

    def _log_size(self) -> int:
        return sum(len(line.encode()) + 1 for line in self._helenus.log_lines())


def _beside(host: str) -> str:
    storage = f"storageType: cassandra\ncassandra: {{contactPoints: [{{host: {host}, port: 9042}}]}}\n"
    return storage + f"datacenterAvailability: SIDECAR\nenforcedLocalNode: {host}\n"


class _Silent(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while self.request.recv(4096):
                pass


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Somebody on the ports of Cassandra and of its JMX."""
    with contextlib.ExitStack() as stack:
        for port in (9042, 7199):
            server = stack.enter_context(_Server((_SILENT, port), _Silent))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        yield
