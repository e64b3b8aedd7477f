"""Beside one real node that also has the state: what Helenus takes away from Cassandra, and how its probes do."""

import contextlib
import json
import pathlib
import statistics
import threading
import time
from collections.abc import Iterator

from fake import fake_cluster
from lab import Cluster, ClusterOptions, Node, data

from figure import Figure, percentile
from programs import Daemon, daemon

_STATE, _KEYSPACE = "reaper_db", "shop"
_SETTLED = 20.0  # seconds after the start
_IDLE = 60.0  # seconds
_RUN_KEYSPACES = tuple(f"k{number}" for number in range(100))  # a run for each
_HANGS = 60.0  # seconds
_PAUSE = 0.02  # seconds between probes


@contextlib.contextmanager
def _node() -> Iterator[Node]:
    with Cluster(ClusterOptions(data_centers={"dc1": 1})) as cluster:
        data.create_keyspace(cluster, _STATE)
        data.create_keyspace(cluster, _KEYSPACE)
        data.create_table(cluster, _KEYSPACE)
        yield cluster.nodes[0]


@contextlib.contextmanager
def _daemon(node: Node, more: str = "") -> Iterator[Daemon]:
    """Ready, and settled."""
    storage = f"storageType: cassandra\ncassandra: {{contactPoints: [{{host: {node.address}, port: 9042}}]}}\n"
    with daemon(storage=storage + more) as helenus:
        helenus.start()
        helenus.wait_until_ready(deadline=300)
        yield helenus


def _sidecar(node: Node) -> contextlib.AbstractContextManager[Daemon]:
    return _daemon(node, f"datacenterAvailability: SIDECAR\nenforcedLocalNode: {node.address}\n")


def _cluster_name(helenus: Daemon) -> str:
    while not (names := json.loads(helenus.must("GET", "/cluster"))):
        time.sleep(0.5)
    return str(names[0])


def cpu_idle() -> Iterator[Figure]:
    """The time of all threads, as the scheduler counts it."""
    with _node() as node, _sidecar(node) as helenus:
        _cluster_name(helenus)
        time.sleep(_SETTLED)
        before, began = _used(helenus.pid), time.monotonic()
        time.sleep(_IDLE)
        after, took = _used(helenus.pid), time.monotonic() - began
    used = {name: after[name] - before.get(name, 0) for name in after}
    note = ", ".join(f"{name.partition(' ')[2]} {seconds * 1000:.1f} ms" for name, seconds in used.items())
    yield Figure("cpu-idle", 100 * sum(used.values()) / took, 0.1, "%", f"of one core over {took:.0f} s: {note}")


def rss() -> Iterator[Figure]:
    """Idle, and the most that is seen while a run of its node goes on."""
    with _node() as node, _sidecar(node) as helenus:
        name = _cluster_name(helenus)
        time.sleep(_SETTLED)
        yield Figure("rss-sidecar", helenus.memory_mib(), 15, "MiB", f"peak {helenus.memory_mib('VmHWM'):.1f}")
        run = helenus.must_json(
            "POST", f"/repair_run?clusterName={name}&keyspace={_KEYSPACE}&owner=bench&intensity=1&segmentCountPerNode=64"
        )
        helenus.must("PUT", f"/repair_run/{run['id']}/state/RUNNING")
        seen = [helenus.memory_mib()]
        while (now := helenus.must_json("GET", f"/repair_run/{run['id']}"))["state"] == "RUNNING":
            seen.append(helenus.memory_mib())
            time.sleep(0.2)
        if now["state"] != "DONE":
            raise RuntimeError(f"the run ended as {now['state']}")
    note = f"most of {len(seen)} samples in a run of {run['total_segments']} segments"
    yield Figure("rss-repair", max(seen), 20, "MiB", note)


def healthcheck_hang() -> Iterator[Figure]:
    """While the node with the state is stopped in the middle of runs, and requests that need it wait."""
    ring = fake_cluster(nodes=12, listening=12, vnodes=4, repair_ms=500, more_keyspaces=_RUN_KEYSPACES)
    with _node() as node, ring as cluster:
        with _daemon(node, f"maxParallelRepairs: {len(_RUN_KEYSPACES)}\n") as helenus:
            helenus.must("POST", f"/cluster?seedHost={cluster.seed}")
            for keyspace in _RUN_KEYSPACES:
                run = helenus.must_json(
                    "POST",
                    f"/repair_run?clusterName=fake&keyspace={keyspace}&owner=bench&segmentCountPerNode=2&intensity=1",
                )
                helenus.must("PUT", f"/repair_run/{run['id']}/state/RUNNING")
            node.pause()
            try:
                times = _probe(helenus)
            finally:
                node.resume()
    note = f"p99 of {len(times)}; median {statistics.median(times):.2f}, most {max(times):.1f}; {len(_RUN_KEYSPACES)} runs"
    yield Figure("healthcheck-hang", percentile(times, 0.99), 10, "ms", note)


def _probe(helenus: Daemon) -> list[float]:
    """Milliseconds; on both ports in turns. Meanwhile a request that waits for storage at any time."""
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                helenus.request("GET", "/repair_run")

    reader = threading.Thread(target=read)
    reader.start()
    times = []
    end = time.monotonic() + _HANGS
    while time.monotonic() < end:
        for admin in (False, True):
            began = time.perf_counter()
            status, _ = helenus.request("GET", "/healthcheck", admin=admin)
            times.append((time.perf_counter() - began) * 1000)
            if status != 200:
                raise RuntimeError(f"/healthcheck -> {status}")
            time.sleep(_PAUSE)
    over.set()
    reader.join()
    return times


def _used(pid: int) -> dict[str, float]:
    """Seconds of processor time of each thread, by its number and name."""
    times = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # it has just ended
            name = f"{task.name} {(task / 'comm').read_text().strip()}"
            times[name] = int((task / "schedstat").read_text().split()[0]) / 1e9
    return times
