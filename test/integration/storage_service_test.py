"""The daemon with its state in Cassandra: it waits for its keyspace, repairs, is killed, and goes on."""

import functools
import json
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from cassandra import ConsistencyLevel
from conftest import StateKeyspace
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Helenus
from service import Service

ROWS = 500
WATCHERS = 6
WATCHED_SEGMENTS = 16  # per node
QUORUM = ConsistencyLevel.QUORUM
RUNNING, DONE, STARTED = 1, 2, 3  # of a segment, as Reaper stores it


def stored_segments(node: Node, keyspace: str, run_id: str) -> list[Any]:
    return data.execute(
        node,
        "SELECT state, segment_count, segment_id, segment_state, coordinator_host, segment_start_time, "
        f"segment_end_time, token_ranges, start_token, end_token, replicas FROM {keyspace}.repair_run WHERE id = {run_id}",
        consistency=QUORUM,
    )


def check_run_under_way_as_reaper_reads_it(node: Node, keyspace: str, cluster_name: str, run_id: str, state: str) -> None:
    """It lists runs by the state beside its index, resumes them by the one of the run, and shows since when they are paused."""

    def read(what: str) -> list[Any]:
        return data.execute(node, f"SELECT {what}", consistency=QUORUM)

    rows = read(f"state, start_time, pause_time, end_time FROM {keyspace}.repair_run WHERE id = {run_id}")
    assert rows
    for row in rows:
        assert row.state == state and row.start_time and row.end_time is None
        assert row.pause_time >= row.start_time if state == "PAUSED" else row.pause_time is None
    index = read(f"id, repair_run_state FROM {keyspace}.repair_run_by_cluster_v2 WHERE cluster_name = '{cluster_name}'")
    assert [(str(row.id), row.repair_run_state) for row in index] == [(run_id, state)]


def check_rows_as_reaper_reads_them(node: Node, keyspace: str, cluster_name: str, run_id: str) -> None:
    rows = stored_segments(node, keyspace, run_id)
    assert rows and {row.state for row in rows} == {"DONE"} and {row.segment_count for row in rows} == {len(rows)}
    for row in rows:
        assert row.segment_state == 2 and row.coordinator_host in row.replicas
        assert row.segment_start_time and row.segment_end_time
        first = json.loads(row.token_ranges)[0]
        assert first == {"start": row.start_token, "end": row.end_token}
    index = data.execute(
        node,
        f"SELECT id, repair_run_state FROM {keyspace}.repair_run_by_cluster_v2 WHERE cluster_name = '{cluster_name}'",
        consistency=QUORUM,
    )
    assert [(str(row.id), row.repair_run_state) for row in index] == [(run_id, "DONE")]
    (cluster,) = data.execute(node, f"SELECT * FROM {keyspace}.cluster WHERE name = '{cluster_name}'", consistency=QUORUM)
    assert cluster.state == "ACTIVE" and cluster.last_contact is not None and cluster.seed_hosts
    assert json.loads(cluster.properties) == {"jmxPort": 7199, "jmxCredentials": None}


def test_daemon_waits_for_its_keyspace_repairs_and_goes_on_after_a_kill(
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

    service = Service(helenus, tmp_path, get_ready=False, **state.settings)
    rest = service.rest
    wait_until("the daemon names what it waits for", lambda: state.name in rest.status(), timeout=STEP_TIMEOUT)
    assert rest.call("GET", "/cluster").status == 503
    assert json.loads(rest.status())["waiting_for"] == "the keyspace of storage"
    file = tmp_path / "helenus.yaml"
    helenus.run("migrate", str(file), "--replication", "auto", timeout=RUN_TIMEOUT).expect(0)
    wait_until("the daemon is ready", rest.is_ready, timeout=STEP_TIMEOUT)

    cluster_name = rest.register(nodes[0].address)
    run_id = rest.start_run(cluster_name, keyspace, segmentCountPerNode=4)
    wait_until("a segment is done", lambda: rest.run(run_id)["segments_repaired"] >= 1, timeout=RUN_TIMEOUT)
    for wanted in ("PAUSED", "RUNNING"):
        assert rest.set_state(run_id, wanted) == 200
        check_run_under_way_as_reaper_reads_it(nodes[0], state.name, cluster_name, run_id, wanted)
    service.daemon.kill()
    service.start()
    wait_until("the run is done", lambda: rest.run(run_id)["state"] == "DONE", timeout=RUN_TIMEOUT)
    assert data.rows_on(nodes[2], table) == 2 * ROWS
    check_rows_as_reaper_reads_them(nodes[0], state.name, cluster_name, run_id)

    assert rest.call("DELETE", f"/repair_run/{run_id}", owner="test").status == 202
    assert stored_segments(nodes[0], state.name, run_id) == []
    assert rest.call("DELETE", f"/cluster/{cluster_name}").status == 202
    assert rest.call("GET", "/cluster").json() == []
    assert service.daemon.stop() == 0


def test_those_who_only_watch_a_run_do_not_disturb_it(
    helenus: Helenus, tmp_path: Path, cassandra: Cluster, nodes: list[Node], keyspace: str, state: StateKeyspace
) -> None:
    """What they read may be older than what was written since they asked."""
    data.write_rows(nodes[0], data.create_table(cassandra, keyspace), ROWS)
    service = Service(helenus, tmp_path, get_ready=False, **state.settings)
    file = str(tmp_path / "helenus.yaml")
    helenus.run("migrate", file, "--replication", "auto", timeout=RUN_TIMEOUT).expect(0)
    service.wait_until_ready(STEP_TIMEOUT)
    rest = service.rest
    run_id = rest.start_run(rest.register(nodes[0].address), keyspace, segmentCountPerNode=WATCHED_SEGMENTS)

    def watch() -> None:
        while not rest.is_done(run_id):
            rest.segments(run_id)

    with ThreadPoolExecutor(WATCHERS) as watchers:
        for watcher in [watchers.submit(watch) for _ in range(WATCHERS)]:
            watcher.result(RUN_TIMEOUT)
    assert "changed by somebody else" not in service.daemon.log.read_text()
    assert {(each["state"], each["failCount"]) for each in rest.segments(run_id)} == {("DONE", 0)}
    assert service.daemon.stop() == 0


def test_a_daemon_that_slept_beyond_its_lease_writes_over_nothing(
    helenus: Helenus, tmp_path: Path, cassandra: Cluster, nodes: list[Node], keyspace: str, state: StateKeyspace
) -> None:
    """It wakes and believes that it owns a segment, which another has taken over and done."""
    table = data.create_table(cassandra, keyspace)
    data.write_rows(nodes[0], table, ROWS)
    data.take_out_of_step(cassandra, nodes[2], table, ROWS, first=ROWS)
    folders = [tmp_path / "sleeper", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    sleeper = Service(helenus, folders[0], get_ready=False, **state.settings)
    file = str(folders[0] / "helenus.yaml")
    helenus.run("migrate", file, "--replication", "auto", timeout=RUN_TIMEOUT).expect(0)
    sleeper.wait_until_ready(STEP_TIMEOUT)
    cluster_name = sleeper.rest.register(nodes[0].address)
    run_id = sleeper.rest.start_run(cluster_name, keyspace, segmentCountPerNode=4)
    leases = f"{state.name}.running_repairs"

    def held() -> list[Any]:
        rows = data.execute(nodes[0], f"SELECT * FROM {leases} WHERE repair_id = {run_id}", consistency=QUORUM)
        return [row for row in rows if row.reaper_instance_id]

    def segment(segment_id: object) -> Any:
        columns = "segment_state, segment_start_time, segment_end_time, WRITETIME(segment_state) AS written"
        key = f"WHERE id = {run_id} AND segment_id = {segment_id}"
        return data.execute(nodes[0], f"SELECT {columns} FROM {state.name}.repair_run {key}", consistency=QUORUM)[0]

    def is_asleep_within_a_segment() -> bool:
        if not held():
            return False
        os.kill(sleeper.daemon.pid, signal.SIGSTOP)
        if (now := held()) and segment(now[0].segment_id).segment_state in (STARTED, RUNNING):
            return True
        os.kill(sleeper.daemon.pid, signal.SIGCONT)
        return False

    wait_until("it sleeps within a segment", is_asleep_within_a_segment, RUN_TIMEOUT)
    lost = held()
    for row in lost:  # so ends the last of its time
        data.execute(
            nodes[0],
            f"UPDATE {leases} USING TTL 1 SET reaper_instance_host = '{row.reaper_instance_host}', reaper_instance_id = "
            f"{row.reaper_instance_id}, segment_id = {row.segment_id} WHERE repair_id = {run_id} AND node = '{row.node}' "
            f"IF reaper_instance_id = {row.reaper_instance_id}",
        )
    other = Service(helenus, folders[1], get_ready=False, **state.settings)
    other.wait_until_ready(RUN_TIMEOUT)
    taken = lost[0].segment_id
    wait_until("another has done the segment", lambda: segment(taken).segment_state == DONE, RUN_TIMEOUT)
    by_other = segment(taken)

    os.kill(sleeper.daemon.pid, signal.SIGCONT)
    for service in (sleeper, other):
        wait_until("the run is done", functools.partial(service.rest.is_done, run_id), RUN_TIMEOUT)
    assert segment(taken) == by_other
    rows = stored_segments(nodes[0], state.name, run_id)
    assert {row.segment_state for row in rows} == {DONE}
    assert data.rows_on(nodes[2], table) == 2 * ROWS

    # Who slept works on, alone as well.
    assert other.daemon.stop() == 0
    again = sleeper.rest.start_run(cluster_name, keyspace, segmentCountPerNode=4)
    wait_until("one more run is done", lambda: sleeper.rest.is_done(again), RUN_TIMEOUT)
    assert sleeper.daemon.stop() == 0
    assert held() == []
