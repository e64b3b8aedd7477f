"""CQL for tests: a session with exactly one node, rows, and replicas that miss some."""

import contextlib
import math
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cassandra import ConsistencyLevel
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import EXEC_PROFILE_DEFAULT, ExecutionProfile, NoHostAvailable, Session
from cassandra.cluster import Cluster as Driver
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import FallthroughRetryPolicy, WhiteListRoundRobinPolicy
from cassandra.query import SimpleStatement

from . import jmx
from .node_log import wait_until
from .options import CQL_PASSWORD, CQL_USER

if TYPE_CHECKING:
    from .cluster import Cluster
    from .node import Node

_REQUEST_TIMEOUT = 120.0  # seconds; a busy machine is slow
_CONNECT_TIMEOUT = 60.0  # until the driver knows the node, and with `metadata` its schema; two seconds by default
_WRITE_ATTEMPTS = 4  # a busy machine makes replicas late; writing a row again changes nothing
_LOGIN_TIMEOUT = 120.0  # the role `cassandra` is made some time after the port opens
_GOSSIP_TIMEOUT = 180.0
_REACHING_TIME = 0.5

# The coordinator shall ask one replica, itself, and mend nothing by reading.
_READS_ALONE = "speculative_retry = 'NONE' AND read_repair = 'NONE'"
_READS_ALONE_3 = "speculative_retry = 'NONE' AND read_repair_chance = 0 AND dclocal_read_repair_chance = 0"


@contextlib.contextmanager
def connect(node: "Node", *, metadata: bool = False) -> Iterator[Session]:
    """A session that talks to this node only and at consistency ONE unless a statement says otherwise."""
    profile = ExecutionProfile(
        load_balancing_policy=WhiteListRoundRobinPolicy([node.address]),
        retry_policy=FallthroughRetryPolicy(),
        consistency_level=ConsistencyLevel.ONE,
        request_timeout=_REQUEST_TIMEOUT,
    )
    login = PlainTextAuthProvider(CQL_USER, CQL_PASSWORD) if node.options.cql_auth else None
    driver = Driver(
        [node.address],
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        auth_provider=login,
        protocol_version=4,  # the newest that all lines speak
        connect_timeout=_CONNECT_TIMEOUT,
        control_connection_timeout=_CONNECT_TIMEOUT,
        schema_metadata_enabled=metadata,
        token_metadata_enabled=metadata,
    )
    try:
        yield _session(driver)
    finally:
        driver.shutdown()


def execute(node: "Node", statement: str, *, consistency: int = ConsistencyLevel.ONE) -> list[Any]:
    """One statement through one node; all rows of the answer."""
    with connect(node) as session:
        return list(session.execute(SimpleStatement(statement, consistency_level=consistency)))


def create_keyspace(cluster: "Cluster", name: str, replication: Mapping[str, int] | None = None) -> str:
    """Replication for each data center; without it every node gets every row."""
    factors = replication or dict(cluster.options.data_centers)
    strategy = {"class": "NetworkTopologyStrategy"} | {center: str(factor) for center, factor in factors.items()}
    execute(cluster.running[0], f"CREATE KEYSPACE {name} WITH replication = {strategy}")
    return name


def create_table(cluster: "Cluster", keyspace: str, table: str = "t") -> str:
    """A table (k int PRIMARY KEY, v text) whose replicas are not mended by reading."""
    options = _READS_ALONE_3 if cluster.server.version.is_3 else _READS_ALONE
    execute(cluster.running[0], f"CREATE TABLE {keyspace}.{table} (k int PRIMARY KEY, v text) WITH {options}")
    return f"{keyspace}.{table}"


def write_rows(
    node: "Node", table: str, count: int, *, first: int = 0, consistency: int = ConsistencyLevel.ALL
) -> None:
    """Rows first .. first + count - 1, coordinated by this node. `table` is keyspace.table."""
    with connect(node) as session:
        insert = session.prepare(f"INSERT INTO {table} (k, v) VALUES (?, ?)")
        insert.consistency_level = consistency
        rows = [(key, f"value {key}") for key in range(first, first + count)]
        for attempt in range(_WRITE_ATTEMPTS):
            last = attempt == _WRITE_ATTEMPTS - 1
            results = execute_concurrent_with_args(session, insert, rows, concurrency=64, raise_on_first_error=last)
            rows = [row for row, (written, _) in zip(rows, results) if not written]
            if not rows:
                return


def rows_on(node: "Node", table: str) -> int:
    """
    How many rows this very replica has: counts at ONE, through the node, the ranges that it replicates. A
    coordinator reads its own replica first (no dynamic snitch); tables of `create_table` ask no other.
    """
    with connect(node, metadata=True) as session:
        keyspace, _, name = table.partition(".")
        key = session.cluster.metadata.keyspaces[keyspace].tables[name].partition_key
        token = f"token({', '.join(column.name for column in key)})"
        total = 0
        for where in _wheres(token, _replicated_ranges(session, node.address, keyspace)):
            total += session.execute(f"SELECT count(*) FROM {table} {where}").one()[0]
        return total


def take_out_of_step(cluster: "Cluster", node: "Node", table: str, count: int, *, first: int) -> None:
    """
    Writes rows first .. first + count - 1 that `node` misses, as if it had been away: its gossip is silenced until
    the peers take it for dead, so that they send it nothing (hints are off). Two seconds instead of a restart's eight.
    Raises if the node got any of the rows.
    """
    before = rows_on(node, table)
    peers = [peer for peer in cluster.running if peer is not node]
    _silence(node, peers)
    try:
        write_rows(peers[0], table, count, first=first, consistency=ConsistencyLevel.ONE)
    finally:
        _let_speak(node, peers)
    after = rows_on(node, table)
    if after != before:
        raise RuntimeError(f"{node} was to miss {count} rows of {table} but went from {before} to {after}")


def _silence(node: "Node", peers: list["Node"]) -> None:
    """A peer that was just reaching for it takes it for alive again, and would find out after twenty seconds."""
    marks = {peer: peer.log.size() for peer in peers}
    jmx.invoke(node, jmx.STORAGE_SERVICE, "stopGossiping")
    agreed_since = math.inf

    def is_known() -> bool:
        nonlocal agreed_since
        says = [peer.log.alive_peers(marks[peer]).get(node.address) for peer in peers]
        if True in says:
            jmx.invoke(node, jmx.STORAGE_SERVICE, "startGossiping")
            jmx.invoke(node, jmx.STORAGE_SERVICE, "stopGossiping")
        agreed_since = min(agreed_since, time.monotonic()) if set(says) == {False} else math.inf
        return time.monotonic() - agreed_since > _REACHING_TIME

    wait_until(f"all to take {node} for dead", is_known, _GOSSIP_TIMEOUT, node.check_alive)


def _let_speak(node: "Node", peers: list["Node"]) -> None:
    marks = {peer: peer.log.size() for peer in peers}
    own = node.log.size()
    jmx.invoke(node, jmx.STORAGE_SERVICE, "startGossiping")

    def is_known() -> bool:
        seen = all(peer.log.alive_peers(marks[peer]).get(node.address) for peer in peers)
        known = node.log.alive_peers(own)
        return seen and all(known.get(peer.address, True) for peer in peers)

    wait_until(f"all to take {node} for alive", is_known, _GOSSIP_TIMEOUT, node.check_alive)


def _replicated_ranges(session: Session, address: str, keyspace: str) -> list[tuple[int, int]] | None:
    """(begin, end] of each range of which the node has a replica; None if it has all."""
    ring = session.cluster.metadata.token_map
    tokens = ring.ring
    ranges = [
        (tokens[index - 1].value, end.value)
        for index, end in enumerate(tokens)
        if any(host.address == address for host in ring.get_replicas(keyspace, end))
    ]
    return None if len(ranges) == len(tokens) else ranges


def _wheres(token: str, ranges: list[tuple[int, int]] | None) -> list[str]:
    if ranges is None:
        return [""]
    wheres = []
    for begin, end in ranges:
        if begin < end:
            wheres.append(f"WHERE {token} > {begin} AND {token} <= {end}")
            continue
        # The range that wraps: its upper part, and its lower part unless it ends at the very start of the ring
        # (where Cassandra would take `<=` for no limit at all).
        wheres.append(f"WHERE {token} > {begin}")
        if end > -(2**63):
            wheres.append(f"WHERE {token} <= {end}")
    return wheres


def _session(driver: Driver) -> Session:
    deadline = time.monotonic() + _LOGIN_TIMEOUT
    while True:
        try:
            return driver.connect()
        except NoHostAvailable as error:
            is_login = any("AuthenticationFailed" in type(cause).__name__ for cause in error.errors.values())
            if not is_login or time.monotonic() > deadline:
                raise
            time.sleep(0.5)
