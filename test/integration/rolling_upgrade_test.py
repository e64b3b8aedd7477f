"""A cluster in the middle of a rolling upgrade: it is repaired where Cassandra can, and else waits until the upgrade is
over."""

from pathlib import Path

import pytest
from conftest import StartCluster
from lab import data, jmx
from lab.node_log import wait_until
from programs import RUN_TIMEOUT, Helenus
from service import Service

ROWS = 200
KEYSPACE = "shop"


@pytest.mark.full
def test_nodes_of_two_versions_are_repaired_when_they_can_stream_to_each_other(
    start_cluster: StartCluster, helenus: Helenus, tmp_path: Path
) -> None:
    cluster = start_cluster(version="4.1", data_centers={"dc1": 2})
    old, new = cluster.nodes
    table = data.create_table(cluster, data.create_keyspace(cluster, KEYSPACE))
    data.write_rows(old, table, ROWS)
    data.take_out_of_step(cluster, new, table, ROWS, first=ROWS)
    service = Service(helenus, tmp_path)
    rest = service.rest
    cluster_name = rest.register(old.address)
    wish = {"clusterName": cluster_name, "keyspace": KEYSPACE, "owner": "test", "segmentCountPerNode": 2}

    # As long as it is told to be compatible, which is its default, 5.0 speaks the protocol of 4.0.
    cluster.upgrade(new, "5.0", storage_compatibility_mode="CASSANDRA_4")
    planned = str(rest.call("POST", "/repair_run", **wish).json()["id"])
    run = rest.start_run(cluster_name, KEYSPACE, segmentCountPerNode=2)
    wait_until("the run to be done", lambda: rest.is_done(run), RUN_TIMEOUT)
    assert data.rows_on(new, table) == 2 * ROWS

    # What a daemon knows of the ring may be a minute old; one that starts asks.
    assert service.daemon.stop() == 0
    new.kill()  # just after a repair it can hang for a minute when it is told to end
    cluster.upgrade(new, "5.0", storage_compatibility_mode="NONE")
    said = [event["message"] for event in jmx.repair(old, KEYSPACE, incremental="false")["notifications"]]
    assert any("failed with error" in each for each in said), "Cassandra itself cannot"
    why = (
        "nodes of different versions can not stream to each other: "
        f"{old.server.version.release} on {old.address}, {new.server.version.release} on {new.address}"
    )
    service.start()
    refused = rest.call("POST", "/repair_run", **wish)
    assert (refused.status, refused.body) == (409, why)
    assert helenus.run("repair", old.address, "--keyspace", KEYSPACE).expect(2).errors == f"helenus: {why}\n"
    assert rest.set_state(planned, "RUNNING") == 200

    def waits() -> bool:
        waiting = rest.call("GET", f"/repair_run/{planned}", waiting="true").json().get("waiting") or {}
        return waiting.get("for") == "mixed_versions" and waiting["detail"] == why

    wait_until("the run to say what it waits for", waits, RUN_TIMEOUT)
    assert rest.run(planned)["segments_repaired"] == 0

    old.kill()
    cluster.upgrade(old, "5.0", storage_compatibility_mode="NONE")
    wait_until("the run to be done by itself", lambda: rest.is_done(planned), RUN_TIMEOUT)
