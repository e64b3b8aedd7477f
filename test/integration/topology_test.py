"""Helenus and clusters of two data centres, of which a node moves to another address, and one is made anew."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import StartCluster
from lab import Cluster, data, jmx
from lab.node_log import wait_until
from management_test import run_with_help
from programs import RUN_TIMEOUT, Helenus
from service import Service, ask

ROWS = 200


@pytest.fixture(scope="module")
def two_centers(start_cluster: StartCluster) -> Cluster:
    return start_cluster(data_centers={"dc1": 2, "dc2": 1})


@pytest.fixture
def make_table(two_centers: Cluster) -> Callable[[str], str]:
    """make_table("shop"): a keyspace with every row on every node, but the second of dc1 and the one of dc2 miss
    some, each others."""

    def make(keyspace: str) -> str:
        table = data.create_table(two_centers, data.create_keyspace(two_centers, keyspace))
        data.write_rows(two_centers.nodes[0], table, ROWS)
        for place, node in enumerate(two_centers.nodes[1:], 1):
            data.take_out_of_step(two_centers, node, table, ROWS, first=place * ROWS)
        return table

    return make


def test_one_data_center_is_repaired_alone(
    two_centers: Cluster, make_table: Callable[[str], str], helenus: Helenus
) -> None:
    table = make_table("one_center")
    few = ["--segments-per-node", "2"]
    command = ["repair", two_centers.nodes[0].address, "--keyspace", "one_center", *few]
    helenus.run(*command, "--datacenter", "dc1", timeout=RUN_TIMEOUT).expect(0)
    assert [data.rows_on(node, table) for node in two_centers.nodes] == [3 * ROWS, 3 * ROWS, 2 * ROWS]
    helenus.run(*command, timeout=RUN_TIMEOUT).expect(0)
    assert [data.rows_on(node, table) for node in two_centers.nodes] == [3 * ROWS] * 3


def test_a_data_center_of_the_storage_is_cut_off_and_then_the_other_one(
    two_centers: Cluster, helenus: Helenus, tmp_path: Path
) -> None:
    """Two of three replicas of the state are in dc1: without dc2 all goes on that needs no node there, without dc1
    nothing does, and no probe fails. Then both runs end by themselves."""
    near, far = two_centers.nodes[:2], two_centers.nodes[2]
    replicas = {"within_one": {"dc1": 2}, "within_both": {"dc1": 2, "dc2": 1}}
    for keyspace, wanted in replicas.items():
        table = data.create_table(two_centers, data.create_keyspace(two_centers, keyspace, wanted))
        data.write_rows(near[0], table, ROWS)
    block = {
        "contactPoints": [{"host": node.address, "port": 9042} for node in near],
        "sessionKeyspaceName": "state_of_both",
        "requestOptionsFactory": {"requestTimeout": "10s"},
    }
    data.create_keyspace(two_centers, "state_of_both", replicas["within_both"])
    service = Service(helenus, tmp_path, storageType="cassandra", cassandra=block)
    rest = service.rest
    rest.register(near[0].address)

    def start_run(keyspace: str) -> str:
        wish = {"clusterName": two_centers.options.name, "keyspace": keyspace, "owner": "test"}
        made: list[str] = []

        def is_made() -> bool:
            answer = rest.call("POST", "/repair_run", **wish, segmentCountPerNode=8)
            if answer.status == 201:
                made.append(str(answer.json()["id"]))
            return bool(made)

        # Until nodes know that one is away they may wait for its answer.
        wait_until("storage to take a run", is_made, RUN_TIMEOUT)
        wait_until("storage to start it", lambda: rest.set_state(made[0], "RUNNING") in (200, 204), RUN_TIMEOUT)
        return made[0]

    far.pause()
    both = start_run("within_both")
    one = start_run("within_one")
    wait_until("the run within dc1 to be done", lambda: rest.is_done(one), RUN_TIMEOUT)
    waiting = rest.wait_until_waiting(both)
    assert waiting["for"] in ("node_down", "node_unreachable", "retry_delay"), waiting

    again = start_run("within_one")
    for node in near:
        node.pause()
    far.resume()
    wait_until("storage to be missed", lambda: ask(service.ports[0], "/ping")[0] == 500, RUN_TIMEOUT)
    for probe in ("/healthcheck", "/livez", "/readyz"):
        assert ask(service.ports[1], probe)[0] == 200
    assert rest.call("GET", f"/repair_run/{both}").json()["waiting_for"] == "storage"
    wait_until("it to be told", lambda: json.loads(rest.status())["waiting_for"] == "storage", RUN_TIMEOUT)
    for node in near:
        node.resume()
    for run in (both, again):
        wait_until("the run to be done", lambda run=run: rest.is_done(run), RUN_TIMEOUT)  # type: ignore[misc]
        assert {segment["state"] for segment in rest.segments(run)} == {"DONE"}


def test_a_daemon_in_each_data_center_shares_the_runs(
    two_centers: Cluster, make_table: Callable[[str], str], helenus: Helenus, tmp_path: Path
) -> None:
    """Whoever starts a run, a range is repaired by a daemon of a center that has it, from a node there."""
    table = make_table("of_each")
    near, far = two_centers.nodes[:2], two_centers.nodes[2]
    within_one = data.create_table(two_centers, data.create_keyspace(two_centers, "of_one", {"dc1": 2}))
    data.write_rows(near[0], within_one, ROWS)
    data.create_keyspace(two_centers, "state_of_each", {"dc1": 2, "dc2": 1})
    # From the small data center: a majority of the replicas is in the other one, whose nodes must know the tables.
    schema = tmp_path / "schema.yaml"
    contact = {"contactPoints": [{"host": far.address, "port": 9042}], "sessionKeyspaceName": "state_of_each"}
    schema.write_text(json.dumps({"storageType": "cassandra", "cassandra": contact}))
    migrated = helenus.run("migrate", str(schema), timeout=RUN_TIMEOUT).expect(0)
    assert "waiting for all nodes to know the schema" not in migrated.output
    services = {}
    for center, node in (("dc1", near[0]), ("dc2", far)):
        folder = tmp_path / center
        folder.mkdir()
        block = {
            "contactPoints": [{"host": node.address, "port": 9042}],
            "sessionKeyspaceName": "state_of_each",
            "loadBalancingPolicy": {"type": "default", "localDataCenter": center},
            "requestOptionsFactory": {"requestTimeout": "30s"},
        }
        mode = {"datacenterAvailability": "EACH", "storageType": "cassandra", "cassandra": block}
        services[center] = Service(helenus, folder, get_ready=False, **mode)
        services[center].wait_until_ready(RUN_TIMEOUT)
    rest = services["dc2"].rest
    cluster_name = rest.register(far.address)

    def coordinators(keyspace: str) -> set[str]:
        run = rest.start_run(cluster_name, keyspace, segmentCountPerNode=4)
        wait_until("the run to be done", lambda: rest.is_done(run), RUN_TIMEOUT)
        return {segment["coordinatorHost"] for segment in rest.segments(run)}

    assert coordinators("of_one") <= {node.address for node in near}
    coordinators("of_each")
    assert [data.rows_on(node, table) for node in two_centers.nodes] == [3 * ROWS] * 3
    assert services["dc1"].daemon.stop() == 0
    assert coordinators("of_each") == {far.address}


def test_a_daemon_that_calls_its_own_data_center_repairs_what_has_replicas_there(
    two_centers: Cluster, make_table: Callable[[str], str], helenus: Helenus, tmp_path: Path
) -> None:
    """It asks nobody else, and says what it leaves alone."""
    table = make_table("of_local")
    near, far = two_centers.nodes[:2], two_centers.nodes[2]
    data.create_table(two_centers, data.create_keyspace(two_centers, "of_other", {"dc2": 1}))
    service = Service(helenus, tmp_path, datacenterAvailability="LOCAL", enforcedLocalDatacenter="dc1")
    rest = service.rest
    cluster_name = rest.register(near[0].address)

    run = rest.start_run(cluster_name, "of_local", segmentCountPerNode=4)
    wait_until("the run to be done", lambda: rest.is_done(run), RUN_TIMEOUT)
    assert {segment["coordinatorHost"] for segment in rest.segments(run)} <= {node.address for node in near}
    assert [data.rows_on(node, table) for node in two_centers.nodes] == [3 * ROWS] * 3, "also where it calls nobody"

    left = rest.start_run(cluster_name, "of_other", segmentCountPerNode=4)

    def reason() -> dict[str, str]:
        return rest.call("GET", f"/repair_run/{left}", waiting="true").json().get("waiting") or {}

    wait_until("it to say for whom the run is", lambda: reason().get("for") == "other_instance", RUN_TIMEOUT)
    assert "call datacenter dc2; this one calls dc1" in str(reason())
    assert rest.run(left)["state"] == "RUNNING"
    assert {segment["state"] for segment in rest.segments(left)} == {"NOT_STARTED"}
    lines = [line for line in service.daemon.log.read_text().splitlines() if "connected to a node" in line]
    assert lines and not [line for line in lines if far.address in line]


def test_node_that_moves_is_known_by_its_host_id(
    two_centers: Cluster, make_table: Callable[[str], str], helenus: Helenus, tmp_path: Path
) -> None:
    """The management seam follows the node; a daemon that knew the old address repairs by the new one."""
    table = make_table("moved")
    rest = Service(helenus, tmp_path).rest
    cluster_name = rest.register(two_centers.nodes[0].address)
    moving = two_centers.nodes[1]

    run_with_help(
        two_centers,
        "changed_address_test.*",
        "known",
        lambda: two_centers.restart(moving, address=two_centers.address(9)),
    )

    run = rest.start_run(cluster_name, "moved", segmentCountPerNode=2)
    wait_until("the run to be done", lambda: rest.is_done(run), RUN_TIMEOUT)
    assert [data.rows_on(node, table) for node in two_centers.nodes] == [3 * ROWS] * 3


def test_node_that_was_made_anew_is_repaired_by_the_daemon_that_knew_the_former_one(
    two_centers: Cluster, make_table: Callable[[str], str], helenus: Helenus, tmp_path: Path
) -> None:
    """It is at the same address with another host id, and without any data."""
    table = make_table("made_anew")
    rest = Service(helenus, tmp_path).rest
    cluster_name = rest.register(two_centers.nodes[0].address)
    far = two_centers.nodes[2]

    def repair() -> None:
        run = rest.start_run(cluster_name, "made_anew", segmentCountPerNode=2)
        wait_until("the run to be done", lambda: rest.is_done(run), RUN_TIMEOUT)
        assert [data.rows_on(node, table) for node in two_centers.nodes] == [3 * ROWS] * 3

    repair()
    former = far.jmx_get(jmx.STORAGE_SERVICE, "LocalHostId")
    two_centers.make_anew(far)
    assert far.jmx_get(jmx.STORAGE_SERVICE, "LocalHostId") != former
    wait_until("it to learn the schema", lambda: "made_anew" in far.jmx_get(jmx.STORAGE_SERVICE, "Keyspaces"), RUN_TIMEOUT)
    assert data.rows_on(far, table) == 0
    repair()
