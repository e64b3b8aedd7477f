"""A run of Cassandra Reaper that is under way: Helenus takes it over beside the rows of others, and gives it back."""

import json
import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cassandra import ConsistencyLevel
from cassandra.query import SimpleStatement
from conftest import StateKeyspace
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Helenus
from service import Service

ROWS = 600
SEGMENTS = 8
SLOWLY = 0.02  # of the time: whoever stops the daemon after a segment meets it between two
NOT_STARTED, DONE, STARTED = 0, 2, 3

Range = tuple[int, int]  # without its start, with its end


def covers(ranges: Sequence[Range], token: int) -> bool:
    return any(start < token <= end if start < end else token > start or token <= end for start, end in ranges)


@dataclass
class Instance:
    """Of Reaper: what it writes, and how. Statements and conditions are those of 4.2.3."""

    node: Node
    state: str
    host: str
    id: uuid.UUID

    def ask(self, statement: str) -> list[Any]:
        with data.connect(self.node) as session:
            return list(session.execute(SimpleStatement(statement, consistency_level=ConsistencyLevel.QUORUM)))

    def beat(self, *, when: str = "toTimestamp(now())", seconds: int = 180) -> None:
        self.ask(
            f"INSERT INTO {self.state}.running_reapers (reaper_instance_id, last_heartbeat, reaper_instance_host) VALUES "
            f"({self.id}, {when}, '{self.host}') USING TTL {seconds}"
        )

    def _change_lease(self, run: "Run", holder: str, put: tuple[str, str, str], seconds: int) -> bool:
        names = ("reaper_instance_host", "reaper_instance_id", "segment_id")
        columns = ", ".join(f"{name} = {value}" for name, value in zip(names, put))
        statements = "; ".join(
            f"UPDATE {self.state}.running_repairs USING TTL {seconds} SET {columns} "
            f"WHERE repair_id = {run.id} AND node = '{node.address}' IF reaper_instance_id = {holder}"
            for node in run.nodes
        )
        return bool(self.ask(f"BEGIN BATCH {statements}; APPLY BATCH")[0].applied)

    def lock(self, run: "Run", segment: uuid.UUID) -> bool:
        return self._change_lease(run, "null", (f"'{self.host}'", str(self.id), str(segment)), 90)

    def renew(self, run: "Run", segment: uuid.UUID, seconds: int) -> bool:
        return self._change_lease(run, str(self.id), (f"'{self.host}'", str(self.id), str(segment)), seconds)

    def unlock(self, run: "Run") -> bool:
        return self._change_lease(run, str(self.id), ("null", "null", "null"), 90)

    def put(self, run: "Run", segment: uuid.UUID, state: int, coordinator: Node, fail_count: int = 0) -> None:
        """Without a condition, as Reaper writes over a segment."""
        now = int(time.time() * 1000)
        key = f"WHERE id = {run.id} AND segment_id = {segment}"
        self.ask(
            f"UPDATE {self.state}.repair_run SET segment_state = {state}, coordinator_host = '{coordinator.address}', "
            f"segment_start_time = {now - 1000}, fail_count = {fail_count}, host_id = null {key}"
        )
        if state == DONE:
            self.ask(f"UPDATE {self.state}.repair_run SET segment_end_time = {now} {key}")


@dataclass
class Run:
    """A run of a keyspace whose rows are on every node, so that each range has the same replicas."""

    id: uuid.UUID
    unit: uuid.UUID
    cluster_name: str
    nodes: list[Node]
    segments: dict[uuid.UUID, list[Range]]


def ring_of(node: Node) -> list[Range]:
    own = data.execute(node, "SELECT tokens FROM system.local")
    rows = own + data.execute(node, "SELECT tokens FROM system.peers")
    tokens = sorted(int(token) for row in rows for token in row.tokens)
    return list(zip([tokens[-1], *tokens[:-1]], tokens))


def plan_as_reaper(reaper: Instance, nodes: list[Node], keyspace: str, table: str) -> Run:
    """A run that is RUNNING, none of whose segments has begun, with the cluster that it is of."""
    real_name = str(data.execute(nodes[0], "SELECT cluster_name FROM system.local")[0].cluster_name)
    cluster_name = re.sub(r"[^a-z0-9_.-]", "", real_name.lower())
    ring = ring_of(nodes[0])
    size = -(-len(ring) // SEGMENTS)
    shares = [ring[first : first + size] for first in range(0, len(ring), size)]
    run = Run(uuid.uuid1(), uuid.uuid1(), cluster_name, nodes, {uuid.uuid1(): share for share in shares})
    seeds = ", ".join(f"'{node.address}'" for node in nodes)
    properties = json.dumps({"jmxPort": 7199, "jmxCredentials": None})
    statements = [
        f"INSERT INTO {reaper.state}.cluster (name, partitioner, seed_hosts, properties, state, last_contact) VALUES "
        f"('{cluster_name}', 'org.apache.cassandra.dht.Murmur3Partitioner', {{{seeds}}}, '{properties}', 'ACTIVE', "
        "toTimestamp(now()))",
        f"INSERT INTO {reaper.state}.repair_unit_v1 (id, cluster_name, keyspace_name, column_families, incremental_repair, "
        "subrange_incremental, nodes, datacenters, blacklisted_tables, repair_thread_count, timeout) VALUES "
        f"({run.unit}, '{cluster_name}', '{keyspace}', {{'{table}'}}, false, false, {{}}, {{}}, {{}}, 1, 30)",
        f"INSERT INTO {reaper.state}.repair_run (id, cluster_name, repair_unit_id, cause, owner, state, creation_time, "
        "start_time, end_time, pause_time, intensity, last_event, segment_count, repair_parallelism, tables, "
        f"adaptive_schedule) VALUES ({run.id}, '{cluster_name}', {run.unit}, 'no cause specified', 'test', 'RUNNING', "
        f"toTimestamp(now()), toTimestamp(now()), null, null, {SLOWLY}, 'no events', {len(shares)}, 'parallel', {{'{table}'}}, false)",
        f"INSERT INTO {reaper.state}.repair_run_by_cluster_v2 (cluster_name, id, repair_run_state) VALUES "
        f"('{cluster_name}', {run.id}, 'RUNNING')",
        f"INSERT INTO {reaper.state}.repair_run_by_unit (repair_unit_id, id) VALUES ({run.unit}, {run.id})",
    ]
    replicas = ", ".join(f"'{node.address}': 'dc1'" for node in nodes)
    for segment, ranges in run.segments.items():
        ranges_json = json.dumps([{"start": start, "end": end} for start, end in ranges])
        statements.append(
            f"INSERT INTO {reaper.state}.repair_run (id, segment_id, repair_unit_id, start_token, end_token, segment_state, "
            f"fail_count, token_ranges, replicas, host_id) VALUES ({run.id}, {segment}, {run.unit}, {ranges[0][0]}, "
            f"{ranges[0][1]}, {NOT_STARTED}, 0, '{ranges_json}', {{{replicas}}}, null)"
        )
    for statement in statements:
        reaper.ask(statement)
    return run


def stored(reaper: Instance, run: Run) -> dict[uuid.UUID, Any]:
    rows = reaper.ask(f"SELECT * FROM {reaper.state}.repair_run WHERE id = {run.id}")
    return {row.segment_id: row for row in rows}


def segment_columns(row: Any) -> tuple[Any, ...]:
    """All that changes of a segment."""
    times = (row.segment_start_time, row.segment_end_time)
    return (row.segment_id, row.segment_state, row.coordinator_host, row.fail_count, *times)


def lives(reaper: Instance) -> set[Any]:
    """Signs of life and when they were written."""
    return {
        tuple(row)
        for row in reaper.ask(
            "SELECT reaper_instance_id, reaper_instance_host, last_heartbeat, WRITETIME(last_heartbeat) "
            f"FROM {reaper.state}.running_reapers"
        )
    }


def leases(reaper: Instance, run: Run) -> set[Any]:
    return {
        tuple(row)
        for row in reaper.ask(
            "SELECT node, reaper_instance_id, segment_id, WRITETIME(reaper_instance_id) "
            f"FROM {reaper.state}.running_repairs WHERE repair_id = {run.id}"
        )
    }


def missing_keys(node: Node, table: str, first: int, segments: Sequence[Sequence[Range]]) -> int:
    """How many of the keys from `first` are in these segments."""
    rows = data.execute(node, f"SELECT k, token(k) AS place FROM {table}")
    return sum(row.k >= first and any(covers(ranges, row.place) for ranges in segments) for row in rows)


def check_run_is_as_reaper_needs_it(reaper: Instance, run: Run, state: str, untouched: Sequence[Any] = ()) -> None:
    """`untouched`: rows that may be as others left them."""
    rows = stored(reaper, run)
    assert set(rows) == set(run.segments)
    for segment, row in rows.items():
        assert (row.state, row.segment_count, row.cluster_name) == (state, len(run.segments), run.cluster_name)
        assert row.repair_unit_id == run.unit and row.tables and row.creation_time and row.start_time
        assert (row.end_time is not None) == (state == "DONE") and row.pause_time is None
        assert row.host_id is None
        ranges = [(each["start"], each["end"]) for each in json.loads(row.token_ranges)]
        assert ranges == run.segments[segment] and ranges[0] == (row.start_token, row.end_token)
        assert dict(row.replicas) == {node.address: "dc1" for node in run.nodes}
        if segment_columns(row) in map(segment_columns, untouched):
            continue
        if row.segment_state == DONE:
            assert row.coordinator_host in row.replicas and row.segment_start_time <= row.segment_end_time
        else:
            assert row.segment_state == NOT_STARTED
            assert (row.coordinator_host, row.segment_start_time, row.segment_end_time) == (None, None, None)
    index = reaper.ask(
        f"SELECT id, repair_run_state FROM {reaper.state}.repair_run_by_cluster_v2 WHERE cluster_name = '{run.cluster_name}'"
    )
    assert [tuple(row) for row in index] == [(run.id, state)]


def test_run_of_reaper_is_taken_over_given_back_and_taken_over_again(
    helenus: Helenus,
    tmp_path: Path,
    cassandra: Cluster,
    nodes: list[Node],
    keyspace: str,
    state: StateKeyspace,
) -> None:
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    data.take_out_of_step(cassandra, nodes[2], table, ROWS, first=ROWS)
    file = tmp_path / "migrate.yaml"
    file.write_text(json.dumps(state.settings))
    helenus.run("migrate", str(file), "--replication", "auto", timeout=RUN_TIMEOUT).expect(0)

    # An instance that works, one that was killed a minute ago, and one of an old Reaper, whose rows never end.
    reaper = Instance(nodes[1], state.name, "10.9.9.1", uuid.uuid1())
    killed = Instance(nodes[1], state.name, "10.9.9.2", uuid.uuid1())
    old = Instance(nodes[1], state.name, "10.9.9.3", uuid.uuid1())
    reaper.beat(seconds=int(RUN_TIMEOUT))
    # Longer than Reaper's, to be seen at the end.
    killed.beat(when=str(int(time.time() - 60) * 1000), seconds=int(RUN_TIMEOUT))
    old.beat(when="'2020-01-01 00:00:00+0000'", seconds=0)
    run = plan_as_reaper(reaper, nodes, keyspace, "t")
    done, orphan, leased, *_ = run.segments
    reaper.put(run, done, DONE, nodes[0])
    reaper.put(run, orphan, STARTED, nodes[1])  # its lease has ended
    assert killed.lock(run, leased)
    killed.put(run, leased, STARTED, nodes[2], fail_count=1)
    found, lives_found, leases_found = stored(reaper, run), lives(reaper), leases(reaper, run)

    service = Service(helenus, tmp_path, get_ready=False, **state.settings)
    service.wait_until_ready(STEP_TIMEOUT)
    rest = service.rest

    def reason_of(segment: uuid.UUID) -> str:
        shown = rest.call("GET", f"/repair_run/{run.id}/segments", waiting="true").json()
        return next(str(each.get("waiting")) for each in shown if each["id"] == str(segment))

    wait_until("the reason is told", lambda: "by another instance" in reason_of(leased), timeout=STEP_TIMEOUT)
    # All nodes are under the live lease: nothing has moved.
    assert leases(reaper, run) == leases_found
    assert stored(reaper, run)[leased] == found[leased]
    assert {row.segment_state for row in stored(reaper, run).values()} == {NOT_STARTED, DONE, STARTED}
    assert killed.renew(run, leased, seconds=1)  # so ends the last of its 90

    def done_now() -> set[uuid.UUID]:
        return {segment for segment, row in stored(reaper, run).items() if row.segment_state == DONE}

    wait_until("a segment is done", lambda: len(done_now()) > 1, timeout=RUN_TIMEOUT)
    assert lives_found <= lives(reaper) and len(lives(reaper)) == len(lives_found) + 1
    assert service.daemon.stop() == 0

    # The way back.
    assert leases(reaper, run) == set()
    assert lives(reaper) == lives_found
    # What died with other instances is as they left it, until it is its turn: Reaper takes that up, too.
    check_run_is_as_reaper_needs_it(reaper, run, "RUNNING", untouched=[found[orphan], found[leased]])
    left = [segment for segment, row in stored(reaper, run).items() if row.segment_state == NOT_STARTED]
    assert left, "the run was over before the daemon could be stopped"
    by_reaper = left[-1]
    assert reaper.lock(run, by_reaper)
    reaper.put(run, by_reaper, STARTED, nodes[0])
    reaper.put(run, by_reaper, DONE, nodes[0])
    as_reaper_left_it = stored(reaper, run)[by_reaper]
    reaper.ask(f"UPDATE {state.name}.repair_run SET intensity = 1.0 WHERE id = {run.id}")
    assert reaper.unlock(run)

    service.start()
    wait_until("the run is done", lambda: rest.run(str(run.id))["state"] == "DONE", timeout=RUN_TIMEOUT)
    check_run_is_as_reaper_needs_it(reaper, run, "DONE")
    rows = stored(reaper, run)
    assert {row.last_event for row in rows.values()} == {"All done"}
    for before in (found[done], as_reaper_left_it):
        assert segment_columns(rows[before.segment_id]) == segment_columns(before)
    # What Helenus repaired is repaired; what it found done it has not repaired again.
    by_helenus = [ranges for segment, ranges in run.segments.items() if segment not in (done, by_reaper)]
    assert data.rows_on(nodes[2], table) == ROWS + missing_keys(nodes[0], table, ROWS, by_helenus)
    assert service.daemon.stop() == 0
    assert leases(reaper, run) == set() and lives(reaper) == lives_found
