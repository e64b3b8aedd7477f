"""The daemon with its state in Cassandra: it waits for its keyspace, repairs, is killed, and goes on."""

import json
import urllib.parse
from pathlib import Path
from typing import Any

from conftest import StateKeyspace
from lab import Cluster, Node, data
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, STEP_TIMEOUT, Helenus
from service import Rest, Service

ROWS = 500


def register(rest: Rest, node: Node) -> str:
    answer = rest.call("POST", "/cluster", seedHost=node.address)
    assert answer.status == 201 and answer.location, answer.body
    return urllib.parse.unquote(answer.location.rsplit("/", 1)[1])


def start_run(rest: Rest, cluster_name: str, keyspace: str) -> str:
    made = rest.call(
        "POST", "/repair_run", clusterName=cluster_name, keyspace=keyspace, owner="test", segmentCountPerNode=4
    )
    assert made.status == 201, made.body
    run_id = str(made.json()["id"])
    assert rest.set_state(run_id, "RUNNING") == 200
    return run_id


def stored_segments(node: Node, keyspace: str, run_id: str) -> list[Any]:
    return data.execute(
        node,
        "SELECT state, segment_count, segment_id, segment_state, coordinator_host, segment_start_time, "
        f"segment_end_time, token_ranges, start_token, end_token, replicas FROM {keyspace}.repair_run WHERE id = {run_id}",
    )


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
    )
    assert [(str(row.id), row.repair_run_state) for row in index] == [(run_id, "DONE")]
    cluster = data.execute(node, f"SELECT * FROM {keyspace}.cluster WHERE name = '{cluster_name}'")[0]
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

    cluster_name = register(rest, nodes[0])
    run_id = start_run(rest, cluster_name, keyspace)
    wait_until("a segment is done", lambda: rest.run(run_id)["segments_repaired"] >= 1, timeout=RUN_TIMEOUT)
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
