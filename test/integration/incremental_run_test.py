"""Incremental runs that Cassandra Reaper has planned, whose segments are whole nodes, gone on with on real nodes."""

import uuid
from pathlib import Path
from typing import Any

from cassandra import ConsistencyLevel
from conftest import StateKeyspace
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Helenus
from service import Service

ROWS = 500
FINALIZED = 4  # a session of system.repairs that has marked its data as repaired


def host_id(node: Node) -> str:
    return str(data.execute(node, "SELECT host_id FROM system.local")[0].host_id)


def plan_as_reaper(nodes: list[Node], state: str, cluster_name: str, keyspace: str, table: str) -> str:
    """A run that is NOT_STARTED, with the rows that Reaper 4.2.3 writes."""
    run, unit = uuid.uuid1(), uuid.uuid1()
    statements = [
        f"INSERT INTO {state}.repair_unit_v1 (id, cluster_name, keyspace_name, column_families, incremental_repair, "
        "subrange_incremental, nodes, datacenters, blacklisted_tables, repair_thread_count, timeout) VALUES "
        f"({unit}, '{cluster_name}', '{keyspace}', {{'{table}'}}, true, false, null, null, null, 1, 30)",
        f"INSERT INTO {state}.repair_run (id, cluster_name, repair_unit_id, cause, owner, state, creation_time, intensity, "
        "last_event, segment_count, repair_parallelism, tables, adaptive_schedule) VALUES "
        f"({run}, '{cluster_name}', {unit}, 'no cause specified', 'test', 'NOT_STARTED', toTimestamp(now()), 1.0, "
        f"'no events', {len(nodes)}, 'parallel', {{'{table}'}}, false)",
        f"INSERT INTO {state}.repair_run_by_cluster_v2 (cluster_name, id, repair_run_state) VALUES ('{cluster_name}', {run}, 'NOT_STARTED')",
        f"INSERT INTO {state}.repair_run_by_unit (repair_unit_id, id) VALUES ({unit}, {run})",
    ]
    for node in nodes:
        statements.append(
            f"INSERT INTO {state}.repair_run (id, segment_id, repair_unit_id, start_token, end_token, segment_state, "
            "coordinator_host, fail_count, replicas, host_id) VALUES "
            f"({run}, {uuid.uuid1()}, {unit}, 0, 100, 0, '{node.address}', 0, {{}}, {host_id(node)})"
        )
    with data.connect(nodes[0]) as session:
        for statement in statements:
            session.execute(statement, timeout=60)
    return str(run)


def coordinators_of_sessions(node: Node, keyspace: str, table: str) -> set[str]:
    """Of the incremental sessions of the table that the node knows, when all have ended well: the coordinator is not the
    last to know."""
    where = f"keyspace_name = '{keyspace}' AND table_name = '{table}'"
    table_id = data.execute(node, f"SELECT id FROM system_schema.tables WHERE {where}")[0].id
    sessions: list[Any] = []

    def have_ended() -> bool:
        sessions[:] = [row for row in data.execute(node, "SELECT * FROM system.repairs") if table_id in row.cfids]
        return {row.state for row in sessions} == {FINALIZED}

    wait_until(f"{node} to know the end of each session", have_ended, STEP_TIMEOUT)
    return {str(row.coordinator) for row in sessions}


def test_run_of_reaper_goes_on_node_by_node_and_marks_data_as_repaired(
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
    helenus.run(
        "migrate", str(tmp_path / "helenus.yaml"), "--replication", "auto", timeout=RUN_TIMEOUT
    ).expect(0)
    wait_until("the daemon is ready", rest.is_ready, timeout=STEP_TIMEOUT)
    cluster_name = rest.register(nodes[0].address)
    run_id = plan_as_reaper(nodes, state.name, cluster_name, keyspace, "t")
    planned = rest.segments(run_id)
    assert {each["coordinatorHost"] for each in planned} == {node.address for node in nodes}
    assert {each["hostID"] for each in planned} == {host_id(node) for node in nodes}

    assert rest.set_state(run_id, "RUNNING") == 200

    def is_done() -> bool:
        in_flight = [each for each in rest.segments(run_id) if each["state"] in ("STARTED", "RUNNING")]
        assert len(in_flight) <= 1, in_flight
        return bool(rest.run(run_id)["state"] == "DONE")

    wait_until("the run is done", is_done, timeout=RUN_TIMEOUT)
    assert data.rows_on(nodes[2], table) == 2 * ROWS
    rows = data.execute(
        nodes[0],
        "SELECT segment_state, coordinator_host, host_id, replicas, token_ranges, start_token, end_token "
        f"FROM {state.name}.repair_run WHERE id = {run_id}",
        consistency=ConsistencyLevel.QUORUM,
    )
    by_address = {row.coordinator_host: row for row in rows}
    for node in nodes:
        row = by_address[node.address]
        assert row.segment_state == 2 and str(row.host_id) == host_id(node)
        assert (row.token_ranges, row.start_token, row.end_token) == (None, 0, 100) and not row.replicas
        assert coordinators_of_sessions(node, keyspace, "t") == {each.address for each in nodes}
    wait_until(
        "the lease of the run is given back",
        lambda: not data.execute(nodes[0], f"SELECT * FROM {state.name}.leader"),
        timeout=60,  # by itself it would end after three minutes
    )
    assert service.daemon.stop() == 0
