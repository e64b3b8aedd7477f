"""Probes are answered in time, whatever else goes on: the kubelet restarts who takes longer than a second three times in a
row, and so does this test. On a very busy machine everything may stand still for a second."""

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import StartCluster
from fake import fake_cluster
from lab import Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, Helenus
from service import Answer, Ports, Rest, Service

KEYSPACES = tuple(f"k{number}" for number in range(100))  # a run for each
HANGS = 30.0  # seconds
PROBE_TIMEOUT = 1.0  # seconds: Kubernetes' default
LATE_IN_A_ROW = 3  # its default, too
PROBES_A_SECOND = 10  # of each kind: ten times what one kubelet asks
READERS = 20  # requests that need storage, at once
ANSWERED = 15.0  # seconds: the time-out of a request to storage, which is 10 s, and some for a busy machine


@pytest.fixture(scope="module")
def storage(start_cluster: StartCluster) -> Node:
    return start_cluster(data_centers={"dc1": 1}).nodes[0]


class Probes:
    """What was asked and answered."""

    def __init__(self) -> None:
        self.asked = 0
        self.slowest = 0.0  # seconds
        self.failures: list[str] = []  # not healthy, or late too often in a row
        self._late: dict[tuple[int, str], list[str]] = {}  # what was late since the last answer

    def ask(self, port: int, path: str) -> None:
        self.asked += 1
        began = time.monotonic()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PROBE_TIMEOUT)
            with contextlib.closing(connection):
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read().decode()
            self._late.pop((port, path), None)
            if answer.status != 200:
                self.failures.append(f"{path}: {answer.status} {body}")
        except OSError as late:
            when = time.strftime("%H:%M:%S", time.gmtime())
            said = f"{path} after {time.monotonic() - began:.2f} s, at {when}: {late!r}"
            late_ones = self._late.setdefault((port, path), [])
            late_ones.append(said)
            if len(late_ones) >= LATE_IN_A_ROW:
                self.failures += late_ones
        self.slowest = max(self.slowest, time.monotonic() - began)


@contextlib.contextmanager
def in_threads(work: list[tuple[object, ...]]) -> Iterator[None]:
    """Calls each (function, argument...) again and again, each in a thread of its own."""
    over = threading.Event()

    def repeat(function, *arguments) -> None:  # type: ignore[no-untyped-def]
        while not over.is_set():
            function(*arguments)

    threads = [threading.Thread(target=repeat, args=each) for each in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def probed(ports: Ports) -> Iterator[Probes]:
    probes = Probes()
    paths = ["/healthcheck", "/livez", "/readyz", "/startupz"]

    def ask(port: int, path: str) -> None:
        probes.ask(port, path)
        time.sleep(1 / PROBES_A_SECOND)

    with in_threads([(ask, port, path) for port in ports for path in paths]):
        yield probes


@dataclass(frozen=True)
class Reading:
    """A request that needs storage."""

    began: float
    ended: float
    answer: Answer


def read_runs(rest: Rest, readings: list[Reading]) -> None:
    began = time.monotonic()
    answer = rest.call("GET", "/repair_run")
    readings.append(Reading(began, time.monotonic(), answer))


def check_told_in_time(readings: list[Reading], back: float) -> None:
    """Until storage was back nobody got runs, and who asked early enough was told so."""
    early = [one for one in readings if one.began < back - ANSWERED]
    assert len(early) >= READERS
    slowest = max(one.ended - one.began for one in early)
    assert all(one.ended < back for one in early), f"{slowest:.1f} s"
    print(f"{len(early)} requests while storage hung, the slowest {slowest:.1f} s")
    for one in early:
        assert one.answer.status == 503 and one.answer.retry_after, one.answer
        told = one.answer.json()
        assert told["state"] == "ready" and told["waiting_for"] == "storage" and told["last_error"], told


def finished(rest: Rest) -> int:
    return sum(run["segments_repaired"] for run in rest.call("GET", "/repair_run?limit=1000").json())


def test_probes_are_in_time_while_runs_go_on_and_storage_hangs(storage: Node, helenus: Helenus, tmp_path: Path) -> None:
    data.execute(
        storage, "CREATE KEYSPACE probed WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '1'}"
    )
    points = [{"host": storage.address, "port": 9042}]
    block = {"contactPoints": points, "sessionKeyspaceName": "probed"}
    shape = {"nodes": 12, "listening": 12, "vnodes": 4, "repair_ms": 500}
    with fake_cluster(**shape, more_keyspaces=KEYSPACES) as cluster:
        service = Service(
            helenus, tmp_path, get_ready=False, storageType="cassandra", cassandra=block, maxParallelRepairs=len(KEYSPACES)
        )
        rest = service.rest
        wait_until("the daemon is ready", rest.is_ready, RUN_TIMEOUT)
        cluster_name = rest.register(cluster.seed)
        with probed(service.ports) as probes:
            for keyspace in KEYSPACES:
                rest.start_run(cluster_name, keyspace, segmentCountPerNode=2, intensity=1.0)
            running = rest.call("GET", "/repair_run?state=RUNNING&limit=1000").json()
            assert len(running) == len(KEYSPACES)
            wait_until("segments are done", lambda: finished(rest) > 0, RUN_TIMEOUT)
            before = probes.asked
            readings: list[Reading] = []
            storage.pause()
            try:
                with in_threads([(read_runs, rest, readings)] * READERS):
                    time.sleep(HANGS)
                    back = time.monotonic()
            finally:
                storage.resume()
            check_told_in_time(readings, back)
            assert probes.asked - before > HANGS * PROBES_A_SECOND, "the probes themselves were held up"
            wait_until("storage answers", lambda: rest.call("GET", "/repair_run").status == 200, RUN_TIMEOUT)
            done = finished(rest)
            wait_until("the runs go on", lambda: finished(rest) > done, RUN_TIMEOUT)
        service.daemon.check_runs()
        print(f"{probes.asked} probes, the slowest {probes.slowest * 1000:.0f} ms")
        assert not probes.failures, "\n".join(probes.failures)
