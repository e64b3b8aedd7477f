"""Against real Cassandra: what Helenus adds to the time that Cassandra itself needs for its repairs."""

import statistics
from collections.abc import Iterator

from cassandra import ConsistencyLevel
from cassandra.concurrent import execute_concurrent_with_args
from lab import Cluster, ClusterOptions, data, repairs
from lab.repairs import RepairCommand

from figure import Figure, percentile
from programs import repair

_KEYSPACE = "shop"
_TABLES = ("orders", "customers", "payments")
_ROWS, _ROW_BYTES = 2000, 1024


def overhead_and_gap() -> Iterator[Figure]:
    """3 nodes, 16 vnodes, RF 3, 3 tables of 2 MB, the default number of segments, intensity 1."""
    with Cluster(ClusterOptions(data_centers={"dc1": 3})) as cluster:
        data.create_keyspace(cluster, _KEYSPACE)
        for table in _TABLES:
            _fill(cluster, table)
        events, took = repair(cluster.nodes[0].address, _KEYSPACE, timeout=1800)
        commands = [command for node in cluster.nodes for command in repairs.repair_log(node)]
    commands.sort(key=lambda command: command.started)
    busy = sum(_seconds(command) for command in commands)
    gaps = _gaps(commands)
    note = f"{events[-1]['done']} segments, {len(commands)} commands; {took:.1f} s of which Cassandra {busy:.1f} s"
    yield Figure("overhead", took / busy, 1.2, "", note)
    yield Figure(
        "dispatch-gap", percentile(gaps, 0.99), 50, "ms",
        f"p99 of {len(gaps)}; median {statistics.median(gaps):.0f}, most {max(gaps):.0f}",
    )  # fmt: skip


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


def _gaps(commands: list[RepairCommand]) -> list[float]:
    """Milliseconds from the end of a command to the start of the next. With RF 3 on 3 nodes they follow each other."""
    gaps = []
    for earlier, later in zip(commands, commands[1:]):
        assert earlier.finished
        gaps.append((later.started - earlier.finished).total_seconds() * 1000)
    return gaps
