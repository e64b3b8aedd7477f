"""Against real Cassandra: what Helenus adds to the time that Cassandra itself needs for its repairs."""

import contextlib
import datetime
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from cassandra import ConsistencyLevel
from cassandra.concurrent import execute_concurrent_with_args
from lab import Cluster, ClusterOptions, data, repairs
from lab.repairs import RepairCommand

from figure import Figure, percentile
from programs import Daemon, daemon, migrate, repair

_KEYSPACE = "shop"
_TABLES = ("orders", "customers", "payments")
_ROWS, _ROW_BYTES = 2000, 1024


@contextlib.contextmanager
def _cluster(*, management_api: bool = False) -> Iterator[Cluster]:
    """3 nodes just started, 16 vnodes, RF 3, 3 tables of 2 MB."""
    with Cluster(ClusterOptions(data_centers={"dc1": 3}, management_api=management_api)) as cluster:
        data.create_keyspace(cluster, _KEYSPACE)
        for table in _TABLES:
            _fill(cluster, table)
        yield cluster


def overhead() -> Iterator[Figure]:
    """The default number of segments, intensity 1."""
    with _cluster() as cluster:
        events, took = repair(cluster.nodes[0].address, _KEYSPACE, timeout=1800)
        commands = [command for node in cluster.nodes for command in repairs.repair_log(node)]
    busy = sum(_seconds(command) for command in commands)
    note = f"{events[-1]['done']} segments, {len(commands)} commands; {took:.1f} s of which Cassandra {busy:.1f} s"
    yield Figure("overhead", took / busy, 1.2, "", note)


def overhead_of_http() -> Iterator[Figure]:
    """The same of a daemon that reaches the nodes through their management API, from the start of the run to its end."""
    with _cluster(management_api=True) as cluster, daemon(storage="storageType: memory\nhttpManagement: {enabled: true}\n") as helenus:
        helenus.start()
        helenus.wait_until_ready()
        helenus.must("POST", f"/cluster?seedHost={cluster.nodes[0].address}")
        run = _make_run(helenus, json.loads(helenus.must("GET", "/cluster"))[0])
        began = time.monotonic()
        state = lambda: str(helenus.must_json("GET", f"/repair_run/{run['id']}")["state"])  # noqa: E731
        _repair(helenus, run, state, every=0.1)
        took = time.monotonic() - began
        commands = [command for node in cluster.nodes for command in repairs.repair_log(node)]
    busy = sum(_seconds(command) for command in commands)
    note = f"{run['total_segments']} segments, {len(commands)} commands; {took:.1f} s of which Cassandra {busy:.1f} s"
    yield Figure("overhead-http", took / busy, 1.5, "", note)


def dispatch_gap() -> Iterator[Figure]:
    """From the last event of a command to the next command on those replicas: with RF 3 on 3 nodes, the next of all."""
    with _cluster() as cluster, daemon("DEBUG") as helenus:
        helenus.start()
        helenus.wait_until_ready()
        helenus.must("POST", f"/cluster?seedHost={cluster.nodes[0].address}")
        name = json.loads(helenus.must("GET", "/cluster"))[0]
        run = _make_run(helenus, name)
        _repair(helenus, run, lambda: str(helenus.must_json("GET", f"/repair_run/{run['id']}")["state"]))
        gaps = _gaps(helenus.log_lines())
    yield Figure(
        "dispatch-gap", percentile(gaps, 0.99), 50, "ms",
        f"p99 of {len(gaps)}; median {statistics.median(gaps):.1f}, most {max(gaps):.0f}",
    )  # fmt: skip


def statements() -> Iterator[Figure]:
    """Of one instance with its state in the cluster that it repairs, from the start of a run to its end; nobody looks at
    the run meanwhile."""
    with _cluster() as cluster:
        data.create_keyspace(cluster, "reaper_db")
        with daemon(storage=_storage_in(cluster)) as helenus:
            helenus.start()
            helenus.wait_until_ready(deadline=300)
            helenus.must("POST", f"/cluster?seedHost={cluster.nodes[0].address}")
            yield _statements("statements", cluster, [helenus], segments_per_node=16)


def statements_of_fleet() -> Iterator[Figure]:
    """The same of three sidecars that share the run, together."""
    with _cluster() as cluster, contextlib.ExitStack() as stack:
        data.create_keyspace(cluster, "reaper_db")
        sidecars = []
        for node in cluster.nodes:
            mode = f"datacenterAvailability: SIDECAR\nenforcedLocalNode: {node.address}\n"
            sidecar = stack.enter_context(daemon(storage=_storage_in(cluster) + mode))
            sidecar.start()
            sidecar.wait_until_ready(deadline=300)  # the first one makes the schema
            sidecars.append(sidecar)
        yield _statements("statements-fleet", cluster, sidecars, segments_per_node=64)


def _storage_in(cluster: Cluster) -> str:
    points = ", ".join(f"{{host: {node.address}, port: 9042}}" for node in cluster.nodes)
    return f"storageType: cassandra\ncassandra: {{contactPoints: [{points}]}}\n"


def _statements(name: str, cluster: Cluster, instances: list[Daemon], segments_per_node: int) -> Figure:
    def sent() -> float:
        return sum(each.metric("helenus_storage_statements_total") for each in instances)

    first = instances[0]
    cluster_name = json.loads(first.must("GET", "/cluster"))[0]
    run = _make_run(first, cluster_name, f"&segmentCountPerNode={segments_per_node}")
    read_state = f"SELECT state FROM reaper_db.repair_run WHERE id = {run['id']} LIMIT 1"
    before, began = sent(), time.monotonic()
    _repair(first, run, lambda: str(data.execute(cluster.nodes[0], read_state)[0].state))
    asked, took = sent() - before, time.monotonic() - began
    segments = int(run["total_segments"])
    return Figure(name, asked / segments, 6, "", f"{asked:.0f} for {segments} segments in {took:.0f} s")


def migration() -> Iterator[Figure]:
    """From exec to exit: no keyspace is there."""
    with Cluster(ClusterOptions(data_centers={"dc1": 3})) as cluster:
        points = ", ".join(f"{{host: {node.address}, port: 9042}}" for node in cluster.nodes)
        with _connections_counted(cluster) as counts:
            took, said = migrate(f"storageType: cassandra\ncassandra: {{contactPoints: [{points}]}}\n")
    yield Figure("migration", took, 30, "s", f"{said.count('done')} statements")
    # A session of the driver has one connection to each node, and one more to learn of the cluster.
    note = f"a session has {len(cluster.nodes) + 1}; {len(counts)} looks"
    yield Figure("migration-connections", max(counts), len(cluster.nodes) + 1, "", note)


@contextlib.contextmanager
def _connections_counted(cluster: Cluster) -> Iterator[list[int]]:
    """How many connections of Helenus the nodes have together, look after look."""
    counts: list[int] = []
    is_over = threading.Event()
    with contextlib.ExitStack() as stack:
        sessions = [stack.enter_context(data.connect(node)) for node in cluster.nodes]

        def look() -> None:
            while not is_over.wait(0.2):
                clients = [row for each in sessions for row in each.execute("SELECT driver_name FROM system_views.clients")]
                counts.append(sum(row.driver_name == "ScyllaDB Rust Driver" for row in clients))

        looking = threading.Thread(target=look)
        looking.start()
        try:
            yield counts
        finally:
            is_over.set()
            looking.join()


def _make_run(helenus: Daemon, cluster_name: str, more: str = "") -> dict[str, Any]:
    return helenus.must_json(
        "POST", f"/repair_run?clusterName={cluster_name}&keyspace={_KEYSPACE}&owner=bench&intensity=1{more}"
    )


def _repair(helenus: Daemon, run: dict[str, Any], ask_state: Callable[[], str], *, every: float = 1) -> None:
    helenus.must("PUT", f"/repair_run/{run['id']}/state/RUNNING")
    while (state := ask_state()) in ("NOT_STARTED", "RUNNING"):
        time.sleep(every)
    if state != "DONE":
        raise RuntimeError(f"the run ended as {state}")


def _fill(cluster: Cluster, table: str) -> None:
    name = data.create_table(cluster, _KEYSPACE, table)
    with data.connect(cluster.nodes[0]) as session:
        insert = session.prepare(f"INSERT INTO {name} (k, v) VALUES (?, ?)")
        insert.consistency_level = ConsistencyLevel.ALL
        rows = [(key, f"{key:08}" * (_ROW_BYTES // 8)) for key in range(_ROWS)]
        execute_concurrent_with_args(session, insert, rows, concurrency=16)


def _seconds(command: RepairCommand) -> float:
    if command.finished is None:
        raise RuntimeError(f"repair command {command.number} has no end in the log")
    return (command.finished - command.started).total_seconds()


def _gaps(log: list[str]) -> list[float]:
    """Milliseconds, by the times of the daemon's own log lines."""
    gaps, ended = [], None
    for line in log:
        when = datetime.datetime.fromisoformat(line.split()[0].replace("Z", "+00:00"))
        if "segment step" in line and " to=ended" in line:
            ended = when
        elif "a repair command is sent" in line and ended:
            gaps.append((when - ended).total_seconds() * 1000)
            ended = None
    return gaps
