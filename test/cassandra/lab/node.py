"""One Cassandra process."""

import signal
import subprocess
from pathlib import Path
from typing import Any

from . import jmx, jvm
from .fetch import Server
from .node_log import NodeLog, wait_until
from .options import CQL_PORT, JMX_PORT, MANAGEMENT_PORT, METRICS_PORT, ClusterOptions
from .settings import write_settings
from .store import KeyStore

START_TIMEOUT = 240.0  # seconds; a busy machine may need a minute
STOP_TIMEOUT = 60.0

_CQL_OPEN = "Starting listening for CQL clients"


class Node:
    def __init__(
        self, *, number: int, address: str, data_center: str, rack: str, tokens: list[int],
        folder: Path, server: Server, options: ClusterOptions, archive: Path | None, store: KeyStore | None,
    ):  # fmt: skip
        self.number = number  # from 1
        self.address = address
        self.data_center = data_center
        self.rack = rack
        self.tokens = tokens
        self.folder = folder
        self.server = server
        self.options = options
        self.archive = archive
        self._store = store
        self.log = NodeLog(folder / "system.log")
        self.started_at = 0  # the mark in the log of the last start
        self.is_paused = False
        self.is_out_of_ring = False  # started so
        self._process: subprocess.Popen[bytes] | None = None
        self._seeds: list[str] = [address]

    def __repr__(self) -> str:
        return f"<node {self.number} {self.address} {self.data_center}/{self.rack}>"

    @property
    def jmx_endpoint(self) -> str:
        return f"{self.address}:{JMX_PORT}"

    @property
    def cql_endpoint(self) -> str:
        return f"{self.address}:{CQL_PORT}"

    @property
    def management_endpoint(self) -> str:
        """Only with `management_api`."""
        return f"{self.address}:{MANAGEMENT_PORT}"

    @property
    def metrics_endpoint(self) -> str:
        """Only with `management_api`."""
        return f"{self.address}:{METRICS_PORT}"

    @property
    def key_store(self) -> KeyStore:
        """Only with TLS."""
        assert self._store, "the cluster has no TLS and so no key store"
        return self._store

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(
        self, seeds: list[str] | None = None, *, bootstrap: bool = False, join_ring: bool = True,
        jvm_options: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """
        Starts the process and returns at once. Call it from a thread that lives as long as the node shall: the
        kernel kills the node when that thread ends. With `join_ring=False` JMX answers but the node stays out of
        the ring until `join_ring()`.
        """
        assert not self.is_running, f"{self} runs already"
        self._seeds = seeds or self._seeds
        properties = write_settings(self, self._seeds, auto_bootstrap=bootstrap)
        if not join_ring:
            properties.append("-Dcassandra.join_ring=false")
        archive = [f"-XX:SharedArchiveFile={self.archive}", "-Xshare:auto"] if self.archive else []
        command = [str(self.server.java.program), *jvm.memory_options(self.server, self.options.heap_mib), *archive]
        command += [*jvm.module_options(self.server), *jvm.test_options(), *properties]
        command += [*self.options.jvm, *jvm_options]
        if self.options.management_api:
            command += [*jvm.class_path(self.server, self.server.management), "management.NodeMain"]
        else:
            command += [*jvm.class_path(self.server), "LabMain"]
        self.started_at = self.log.size()
        self.is_out_of_ring = not join_ring
        with open(self.log.path, "ab") as log:
            self._process = subprocess.Popen(
                jvm.bound_to_parent(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder
            )

    def wait_for_log(self, pattern: str, *, since: int | None = None, timeout: float = START_TIMEOUT) -> str:
        """Waits for a line that matches and returns it. Looks from the last start on, or from the mark `since`."""
        mark = self.started_at if since is None else since
        found: list[str] = []

        def is_there() -> bool:
            found[:] = self.log.lines(pattern, mark)
            return bool(found)

        wait_until(f"'{pattern}' in the log of {self}", is_there, timeout, self.check_alive)
        return found[0]

    def wait_for_cql(self, timeout: float = START_TIMEOUT) -> None:
        self.wait_for_log(_CQL_OPEN, timeout=timeout)

    def wait_for_jmx(self, timeout: float = START_TIMEOUT) -> None:
        """Its port is open seconds before the node is in the ring, and even before all MBeans are there."""
        wait_until(f"JMX of {self}", lambda: jmx.is_listening(self), timeout, self.check_alive)

    def check_alive(self) -> None:
        if not self.is_running:
            raise RuntimeError(f"{self} has ended; its log {self.log.path} says last\n{self.log.last_lines()}")

    def stop(self, timeout: float = STOP_TIMEOUT) -> None:
        """
        SIGTERM, and waits for the end: the peers are told. Cassandra can hang while it drains in the middle of a
        repair; after `timeout` seconds it is killed then, as systemd and the kubelet do.
        """
        self._end(signal.SIGTERM, timeout)

    def kill(self) -> None:
        """SIGKILL: the peers find out by themselves, after some ten seconds."""
        self._end(signal.SIGKILL, STOP_TIMEOUT)

    def pause(self) -> None:
        """SIGSTOP: ports stay open, nothing answers."""
        self._signal(signal.SIGSTOP)
        self.is_paused = True
        wait_until(f"{self} to stand still", lambda: self._kernel_state() == "T", STOP_TIMEOUT)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)
        self.is_paused = False
        wait_until(f"{self} to go on", lambda: self._kernel_state() != "T", STOP_TIMEOUT)

    def jmx_get(self, mbean: str, attribute: str) -> Any:
        return jmx.get(self, mbean, attribute)

    def jmx_invoke(self, mbean: str, operation: str, *arguments: Any) -> Any:
        return jmx.invoke(self, mbean, operation, *arguments)

    def operation_mode(self) -> str:
        return str(jmx.get(self, jmx.STORAGE_SERVICE, "OperationMode"))

    def live_members(self) -> set[str]:
        """The addresses of those that this node takes for alive and for full members of the ring."""
        ring = jmx.get_all(self, jmx.STORAGE_SERVICE, ["LiveNodes", "JoiningNodes", "TokenToEndpointMap"])
        return set(ring["LiveNodes"]) & set(ring["TokenToEndpointMap"].values()) - set(ring["JoiningNodes"])

    def join_ring(self) -> None:
        """Ends `launch(join_ring=False)`."""
        jmx.invoke(self, jmx.STORAGE_SERVICE, "joinRing")
        self.is_out_of_ring = False

    def _kernel_state(self) -> str:
        """The kernel's letter for what the process does: T is stopped."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def _signal(self, number: signal.Signals) -> None:
        self.check_alive()
        assert self._process
        self._process.send_signal(number)

    def _end(self, number: signal.Signals, timeout: float) -> None:
        if not self._process:
            return
        if self.is_running:
            self._process.send_signal(number)
            self._process.send_signal(signal.SIGCONT)  # a paused process hears SIGTERM only then
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            print(f"{self} did not end within {timeout:g} s of {number.name}; it is killed")
            self._process.kill()
            self._process.wait()
        self._process = None
        self.is_paused = False
